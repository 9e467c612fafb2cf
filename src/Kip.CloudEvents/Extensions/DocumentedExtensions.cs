using System.Buffers;
using System.Text;
using Kip.CloudEvents.Formats;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Extensions;

/// <summary>
/// The extensions that CloudEvents documents. A sender checks its events with this; whoever forwards does not, since what it does not use it
/// passes on as it is.
/// </summary>
public static class DocumentedExtensions
{
    private static readonly string[] AuthTypes =
        ["app_user", "user", "service_account", "api_key", "system", "unauthenticated", "unknown"];

    private static readonly string[] BusinessActivity = ["bamtxid", "bampid", "bamptxid", "bamptxsid"];

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The first rule of a documented extension that the event breaks; null when it breaks none.</summary>
    public static CloudEventError? Check(CloudEvent cloudEvent)
    {
        foreach (ref readonly var extension in cloudEvent.Extensions)
        {
            if (CheckValue(extension.Name, extension.Value) is { } wrong) return Error(extension.Name, wrong);
            if (CheckCompany(cloudEvent, extension.Name) is { } missing) return missing;
        }
        return null;
    }

    private static string? CheckValue(string name, CloudEventValue value) => name switch
    {
        "partitionkey" or "sequence" or "correlationid" or "causationid" or "severitytext" or "dataclassification"
            or "bamtxid" or "bampid" or "bamptxid" or "bamptxsid" or "authid" => value.ToString().Length > 0 ? null : "must not be empty",
        "traceparent" => IsTraceParent(value.ToString()) ? null : "must be a W3C trace context like 00-<32 hex>-<16 hex>-01",
        "dataref" => UriSyntax.IsReference(value.ToString()) ? null : "must be a URI-reference",
        "sampledrate" => value.TryGetInteger(out var rate) && rate > 0 ? null : "must be an integer above 0",
        "severitynumber" => value.TryGetInteger(out var severity) && severity >= 0 ? null : "must be an integer, 0 or above",
        "expirytime" or "recordedtime" or "deprecationfrom" or "deprecationsunset" =>
            value.TryGetTimestamp(out _) ? null : "must be a timestamp (RFC 3339)",
        "authtype" => AuthTypes.Contains(value.ToString()) ? null : "must be one of " + string.Join(", ", AuthTypes),
        "authclaims" => EventData.IsJson(Encoding.UTF8.GetBytes(value.ToString())) ? null : "must be JSON text",
        "bamptxcompleted" => value.TryGetBoolean(out _) ? null : "must be true or false",
        "deprecated" => value.TryGetBoolean(out var deprecated) && deprecated ? null : "must be true where it is used",
        "deprecationmigration" => UriSyntax.IsAbsolute(value.ToString()) ? null : "must be an absolute URI",
        "opcuametadatamajorversion" or "opcuametadataminorversion" => value.TryGetInteger(out _) ? null : "must be an integer",
        "dssematerial" => value.TryGetBinary() is not null ? null : "must be base64",
        _ => null,
    };

    // What an extension's attribute asks of the rest of the event.
    private static CloudEventError? CheckCompany(CloudEvent cloudEvent, string name)
    {
        switch (name)
        {
            case "tracestate":
                return Require(cloudEvent, "traceparent", name);
            case "severitytext":
                return Require(cloudEvent, "severitynumber", name);
            case "authid" or "authclaims":
                return Require(cloudEvent, "authtype", name);
            case "dataregulation" or "datacategory":
                return Require(cloudEvent, "dataclassification", name);
            case "deprecationfrom" or "deprecationsunset" or "deprecationmigration":
                return Require(cloudEvent, "deprecated", name) ?? CheckSunset(cloudEvent);
            case "opcuametadatamajorversion" or "opcuametadataminorversion" when cloudEvent.DataSchema is not null:
                return Error(name, "excludes the attribute \"dataschema\"");
            default:
                if (!name.StartsWith("bam", StringComparison.Ordinal) || !IsBusinessActivity(name)) return null;
                foreach (var required in BusinessActivity)
                {
                    if (Require(cloudEvent, required, name) is { } missing) return missing;
                }
                return null;
        }
    }

    private static bool IsBusinessActivity(string name) => BusinessActivity.Contains(name) || name is "bamptxsstatus" or "bamptxcompleted";

    private static CloudEventError? CheckSunset(CloudEvent cloudEvent) =>
        cloudEvent.TryGetExtension("deprecationfrom", out var from) && from.TryGetTimestamp(out var begin)
        && cloudEvent.TryGetExtension("deprecationsunset", out var sunset) && sunset.TryGetTimestamp(out var end) && end < begin
            ? Error("deprecationsunset", "must not be before \"deprecationfrom\"")
            : null;

    private static CloudEventError? Require(CloudEvent cloudEvent, string required, string by) =>
        cloudEvent.TryGetExtension(required, out _) ? null : Error(required, $"is required where \"{by}\" is used");

    private static CloudEventError Error(string name, string wrong) => new(CloudEventRule.Extension, name, $"attribute \"{name}\" {wrong}");

    // Version 00 of https://www.w3.org/TR/trace-context/, and later ones as far as it fixes them; ids of zeros alone are invalid.
    private static bool IsTraceParent(ReadOnlySpan<char> text)
    {
        if (text.Length < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
        if (text.StartsWith("ff") || (text.StartsWith("00") ? text.Length != 55 : text.Length > 55 && text[55] != '-')) return false;
        return IsHex(text[..2]) && IsHex(text[3..35]) && IsHex(text[36..52]) && IsHex(text[53..55])
            && text[3..35].ContainsAnyExcept('0') && text[36..52].ContainsAnyExcept('0');
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerHex);
}
