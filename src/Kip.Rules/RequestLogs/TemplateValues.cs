using System.Globalization;

namespace Kip.Rules.RequestLogs;

/// <summary>The values of a template: their fields, whether they count as true, and how Go prints them.</summary>
internal static class TemplateValues
{
    public sealed record RequestOf(IRequestFacts Facts);

    public sealed record ResponseOf(RequestLogEntry Entry);

    public sealed record RevisionOf(RequestLogEntry Entry);

    public sealed record Headers(IRequestFacts Facts);

    public sealed record HeaderGet(IRequestFacts Facts)
    {
        public string Of(string name) => Facts.Header(name) is [var first, ..] ? first : "";
    }

    public sealed record UrlOf(IRequestFacts Facts);

    public static object? Field(object? of, string name) => (of, name) switch
    {
        (RequestLogEntry entry, "Request") => new RequestOf(entry.Request),
        (RequestLogEntry entry, "Response") => new ResponseOf(entry),
        (RequestLogEntry entry, "Revision") => new RevisionOf(entry),
        (RequestLogEntry entry, "TraceID") => entry.TraceId,
        (RequestLogEntry entry, "RequestID") => entry.RequestId,
        (RequestLogEntry entry, "Time") => entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        (RequestLogEntry entry, "Wait") => entry.Wait,
        (ResponseOf r, "Code") => (long)r.Entry.Code,
        (ResponseOf r, "Size") => r.Entry.Size,
        (ResponseOf r, "Latency") => r.Entry.Latency,
        (RevisionOf r, "Name") => r.Entry.Name,
        (RevisionOf r, "Namespace") => r.Entry.Namespace,
        (RevisionOf r, "Service") => r.Entry.Service,
        (RevisionOf r, "Configuration") => r.Entry.Configuration,
        (RevisionOf r, "PodName") => r.Entry.PodName,
        (RevisionOf r, "PodIP") => r.Entry.PodIP,
        (RequestOf r, _) => FieldOf(r.Facts, name),
        (UrlOf u, "Path") => u.Facts.Path,
        (UrlOf u, "RawQuery") => u.Facts.Query,
        (UrlOf u, "Host") => u.Facts.Host,
        (Headers h, "Get") => new HeaderGet(h.Facts),
        (Headers h, _) => h.Facts.Header(name),
        _ => throw new TemplateException($"there is no field .{name} there"),
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or "" or false or 0L or 0.0 => false,
        IReadOnlyList<string> list => list.Count > 0,
        _ => true,
    };

    public static string Text(object? value) => value switch
    {
        null => "<no value>",
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Number(number),
        IReadOnlyList<string> list => $"[{string.Join(' ', list)}]",
        UrlOf url => url.Facts.RequestUri,
        _ => throw new TemplateException("this has parts and cannot be written as a whole"),
    };

    private static object? FieldOf(IRequestFacts request, string name) => name switch
    {
        "Method" => request.Method,
        "RequestURI" => request.RequestUri,
        "URL" => new UrlOf(request),
        "Proto" => request.Proto,
        "Host" => request.Host,
        "ContentLength" => request.ContentLength,
        "RemoteAddr" => request.RemoteAddr,
        "UserAgent" => First(request, "User-Agent"),
        "Referer" => First(request, "Referer"),
        "Header" => new Headers(request),
        _ => throw new TemplateException($"a request has no field .{name}"),
    };

    private static string First(IRequestFacts request, string name) => request.Header(name) is [var first, ..] ? first : "";

    // Go's %v of a float: the shortest digits, with an exponent of two digits when it is small or large.
    private static string Number(double number)
    {
        var size = Math.Abs(number);
        if (size == 0 || (size >= 1e-4 && size < 1e21)) return number.ToString("0.#################", CultureInfo.InvariantCulture);
        return number.ToString("0.################e+00", CultureInfo.InvariantCulture);
    }
}
