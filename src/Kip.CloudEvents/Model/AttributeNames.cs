using System.Collections.Frozen;

namespace Kip.CloudEvents;

/// <summary>The attributes' names, and one shared string for each name that is seen often.</summary>
public static class AttributeNames
{
    public const string Id = "id";
    public const string Source = "source";
    public const string SpecVersion = "specversion";
    public const string Type = "type";
    public const string DataContentType = "datacontenttype";
    public const string DataSchema = "dataschema";
    public const string Subject = "subject";
    public const string Time = "time";

    /// <summary>Version 0.3's name for <c>dataschema</c>.</summary>
    public const string SchemaUrl = "schemaurl";

    /// <summary>Version 0.3 only: <c>base64</c> when the data is base64 text.</summary>
    public const string DataContentEncoding = "datacontentencoding";

    private static readonly FrozenDictionary<string, string> Headers = new[]
    {
        Id, Source, SpecVersion, Type, DataSchema, Subject, Time, SchemaUrl, DataContentEncoding, DataContentType,
        "traceparent", "tracestate", "partitionkey", "sequence", "sequencetype", "dataref", "sampledrate", "expirytime", "recordedtime",
        "severitynumber", "severitytext", "correlationid", "causationid", "authtype", "authid", "replyid",
        "knativebrokerttl", "knativearrivaltime", "knativeerrordest", "knativeerrorcode", "knativeerrordata",
    }.ToFrozenDictionary(name => name, name => "ce-" + name);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Shared = Names();

    /// <summary>The name in lower case, as a shared string where there is one. The name must be valid.</summary>
    public static string Share(ReadOnlySpan<char> name)
    {
        Span<char> lower = name.Length <= 64 ? stackalloc char[64] : new char[name.Length];
        lower = lower[..name.ToLowerInvariant(lower)];
        return Shared.TryGetValue(lower, out var shared) ? shared : lower.ToString();
    }

    /// <summary>The shared string of a name that is one; any other text as it is.</summary>
    internal static string ShareIfValid(string name) => Syntax.CanonicalText.IsAttributeName(name) ? Share(name) : name;

    /// <summary>The HTTP header that carries the attribute in binary mode: <c>ce-</c> and the name.</summary>
    public static string Header(string name) => Headers.TryGetValue(name, out var header) ? header : "ce-" + name;

    private static FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Names() =>
        Headers.Keys.ToFrozenDictionary(name => name, name => name).GetAlternateLookup<ReadOnlySpan<char>>();
}
