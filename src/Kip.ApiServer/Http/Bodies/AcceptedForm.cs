using System.Globalization;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>In which form a client wants objects.</summary>
public enum AnswerForm
{
    /// <summary>As they are.</summary>
    Object,

    /// <summary>A <c>meta.k8s.io/v1</c> Table.</summary>
    Table,

    /// <summary>Kind and metadata only: <c>PartialObjectMetadata</c>.</summary>
    Partial,
}

/// <summary>Reads <c>Accept</c> headers: the first alternative that the server can serve wins.</summary>
public static class AcceptedForm
{
    /// <summary>The form for objects.</summary>
    /// <exception cref="ApiException">406: nothing the client accepts can be served.</exception>
    public static AnswerForm OfObjects(string? accept) => OfObjects(accept, out _);

    /// <summary>The form for objects, and the version of <c>meta.k8s.io</c> that tables and metadata are to have.</summary>
    /// <exception cref="ApiException">406: nothing the client accepts can be served.</exception>
    public static AnswerForm OfObjects(string? accept, out string metaVersion)
    {
        metaVersion = "v1";
        if (string.IsNullOrWhiteSpace(accept)) return AnswerForm.Object;
        foreach (var (type, parameters) in Alternatives(accept))
        {
            if (!IsJson(type)) continue;
            switch (parameters.GetValueOrDefault("as"))
            {
                case null:
                    return AnswerForm.Object;
                case "Table" when IsMeta(parameters):
                    metaVersion = parameters["v"];
                    return AnswerForm.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when IsMeta(parameters):
                    metaVersion = parameters["v"];
                    return AnswerForm.Partial;
            }
        }
        throw NotAcceptable("application/json");
    }

    /// <summary>The version of aggregated discovery that the client asks for: <c>v2</c>, <c>v2beta1</c>, or null for the plain documents.</summary>
    /// <exception cref="ApiException">406: nothing the client accepts can be served.</exception>
    public static string? OfDiscovery(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept)) return null;
        foreach (var (type, parameters) in Alternatives(accept))
        {
            if (!IsJson(type)) continue;
            if (!parameters.TryGetValue("as", out var form)) return null;
            if (form == "APIGroupDiscoveryList" && parameters.GetValueOrDefault("g") == "apidiscovery.k8s.io"
                && parameters.GetValueOrDefault("v") is "v2" or "v2beta1") return parameters["v"];
        }
        throw NotAcceptable("application/json");
    }

    private static bool IsMeta(Dictionary<string, string> parameters) =>
        parameters.GetValueOrDefault("g") == "meta.k8s.io" && parameters.GetValueOrDefault("v") is "v1" or "v1beta1";

    private static bool IsJson(string type) => type is "application/json" or "application/*" or "*/*";

    private static ApiException NotAcceptable(string types) =>
        ApiException.Of(406, StatusReason.NotAcceptable, $"only the following media types are accepted: {types}");

    /// <summary>The alternatives as the client prefers them: by <c>q</c>, then as they are written.</summary>
    private static IEnumerable<(string Type, Dictionary<string, string> Parameters)> Alternatives(string accept) =>
        accept.Contains("q=", StringComparison.OrdinalIgnoreCase) ? Written(accept).OrderByDescending(static a => Quality(a.Parameters)) : Written(accept);

    private static double Quality(Dictionary<string, string> parameters) =>
        parameters.TryGetValue("q", out var text) && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality)
            ? quality
            : 1;

    private static IEnumerable<(string Type, Dictionary<string, string> Parameters)> Written(string accept)
    {
        foreach (var alternative in accept.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = alternative.Split(';', StringSplitOptions.TrimEntries);
            var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var part in parts.AsSpan(1))
                if (part.IndexOf('=', StringComparison.Ordinal) is > 0 and var at) parameters[part[..at]] = part[(at + 1)..].Trim('"');
            yield return (parts[0].ToLowerInvariant(), parameters);
        }
    }
}
