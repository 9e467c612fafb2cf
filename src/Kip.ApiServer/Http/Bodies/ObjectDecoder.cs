using System.Text.Json;
using Kip.ApiServer.CustomResources;
using Kip.ApiServer.Schema;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>Turns JSON that a client sent into a resource, complaining about fields as strictly as the client asked.</summary>
internal sealed class ObjectDecoder(HttpContext http)
{
    private readonly string _validation = ValidationOf(http);

    /// <summary>How strict the client wants the server to be about fields.</summary>
    /// <exception cref="ApiException">422: the parameter has another value.</exception>
    public static string ValidationOf(HttpContext http) => http.Request.Query.Text("fieldValidation") switch
    {
        null => "Warn",
        "Strict" or "Warn" or "Ignore" => http.Request.Query.Text("fieldValidation")!,
        var other => throw Query.Unsupported("fieldValidation", other, "\"Ignore\", \"Strict\", \"Warn\""),
    };

    /// <summary>Reads an object of a kind that the path names, as it is to be stored.</summary>
    /// <exception cref="ApiException">400: another kind, a wrong type, or with strict validation an unknown or repeated field.</exception>
    public Resource Decode(JsonElement body, KindDefinition kind)
    {
        ExpectKind(body, kind);
        var decoded = FieldsOf(body, kind);
        if (decoded.TypeError is { } typeError) throw CannotBeHandled(kind, typeError);
        if (_validation == "Strict" && decoded.StrictErrors.Count > 0) throw CannotBeHandled(kind, StrictError(decoded));
        Warn(decoded);
        return Read(decoded, kind);
    }

    /// <summary>Reads an object that came out of a patch.</summary>
    /// <exception cref="ApiException">400: another kind. 422: what the patch made is no object of the kind.</exception>
    public Resource DecodePatched(JsonElement patched, KindDefinition kind, string name)
    {
        ExpectKind(patched, kind);
        var decoded = FieldsOf(patched, kind);
        var error = decoded.TypeError ?? (_validation == "Strict" && decoded.StrictErrors.Count > 0 ? StrictError(decoded) : null);
        if (error is not null)
            throw ApiException.Invalid(kind, name, [new() { Field = "patch", Reason = "FieldValueInvalid", Message = $"Invalid value: {error}" }]);
        Warn(decoded);
        return Read(decoded, kind);
    }

    private static DecodedFields FieldsOf(JsonElement body, KindDefinition kind) =>
        kind.Format is CustomVersion version ? CustomDecoder.Decode(body, version) : FieldDecoder.Decode(body, SchemaBuilder.Of(kind));

    private static string StrictError(DecodedFields decoded) => $"strict decoding error: {string.Join(", ", decoded.StrictErrors)}";

    private void Warn(DecodedFields decoded)
    {
        // A patch that is tried again after a conflict warns once.
        if (_validation == "Warn" && !http.Response.Headers.ContainsKey("Warning")) Warnings.Add(http, decoded.StrictErrors);
    }

    private static Resource Read(DecodedFields decoded, KindDefinition kind)
    {
        if (decoded.Object is { } made) return made;
        try
        {
            return kind.ReadToStore(decoded.Json);
        }
        catch (JsonException malformed)
        {
            throw CannotBeHandled(kind, malformed.Message);
        }
    }

    private static ApiException CannotBeHandled(KindDefinition kind, string why) =>
        ApiException.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {why}");

    private static void ExpectKind(JsonElement body, KindDefinition kind)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw ApiException.BadRequest($"the body of the request is not an object but {body.ValueKind.ToString().ToLowerInvariant()}");
        var apiVersion = Text(body, "apiVersion") ?? kind.ApiVersion;
        if (apiVersion != kind.ApiVersion)
            throw ApiException.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({kind.ApiVersion})");
        var name = Text(body, "kind") ?? kind.Kind;
        if (name != kind.Kind) throw ApiException.BadRequest($"the kind in the data ({name}) does not match the expected kind ({kind.Kind})");
    }

    private static string? Text(JsonElement body, string field)
    {
        if (!body.TryGetProperty(field, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.BadRequest($"{field} is not valid text");
        }
    }
}
