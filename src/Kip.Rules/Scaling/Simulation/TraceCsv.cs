using System.Globalization;
using System.Text;
using Kip.Resources;

namespace Kip.Rules.Scaling.Simulation;

/// <summary>Traffic traces as CSV: <c>time[,duration[,path]]</c>, one request a line.</summary>
/// <remarks>
/// A time is seconds from any beginning, or a date and time (RFC 3339). A duration is seconds, or a number with a unit (<c>120ms</c>). Lines that are
/// empty or begin with <c>#</c> are passed over, and so is a first line that begins with <c>time</c>. Requests may be in any order.
/// </remarks>
public static class TraceCsv
{
    /// <summary>The most requests that a trace may have.</summary>
    public const int MaxRequests = 2_000_000;

    /// <summary>The longest time that a trace may cover.</summary>
    public static readonly TimeSpan MaxSpan = TimeSpan.FromDays(7);

    private const int MaxErrors = 5;

    /// <summary>The first line of a trace that Kip writes.</summary>
    public const string Header = "time,duration,path";

    /// <summary>Reads a trace; its first request is at zero.</summary>
    /// <returns>The requests in order of time; none when there are errors, which name their lines.</returns>
    public static (IReadOnlyList<TraceRequest> Requests, IReadOnlyList<string> Errors) Parse(IEnumerable<string> lines)
    {
        var requests = new List<TraceRequest>();
        var errors = new List<string>();
        var number = 0;
        foreach (var raw in lines)
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#' || (requests.Count == 0 && line.StartsWith("time", StringComparison.OrdinalIgnoreCase))) continue;
            if (requests.Count == MaxRequests) return ([], [$"line {number}: a trace has at most {MaxRequests} requests"]);
            if (ParseLine(line, out var request) is { } wrong) errors.Add($"line {number}: {wrong}");
            else requests.Add(request);
            if (errors.Count == MaxErrors) break;
        }
        if (errors.Count > 0) return ([], errors);
        if (requests.Count == 0) return ([], ["there is no request in the trace; a line is: time[,duration[,path]], e.g. 0.25,120ms,/orders"]);
        return FromZero(requests);
    }

    /// <summary>One line of a trace.</summary>
    public static string Format(TraceRequest request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{request.At.TotalSeconds:0.######},");
        if (request.Duration is { } duration) text.Append(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.######}");
        return text.Append(',').Append(request.Path).ToString();
    }

    private static (IReadOnlyList<TraceRequest>, IReadOnlyList<string>) FromZero(List<TraceRequest> requests)
    {
        // A stable order: what arrives at one time stays as it was written.
        var ordered = requests.OrderBy(static r => r.At).ToList();
        var first = ordered[0].At;
        if (ordered[^1].At - first > MaxSpan)
            return ([], [$"the trace covers {(ordered[^1].At - first).TotalDays:0.#} days; at most {MaxSpan.TotalDays:0} are simulated"]);
        return (ordered.ConvertAll(r => r with { At = r.At - first }), []);
    }

    private static string? ParseLine(string line, out TraceRequest request)
    {
        request = default;
        var cells = line.Split(',', 3, StringSplitOptions.TrimEntries);
        if (!TryTime(cells[0], out var at)) return $"\"{cells[0]}\" is neither seconds nor a date and time";
        TimeSpan? duration = null;
        if (cells.Length > 1 && cells[1].Length > 0)
        {
            if (!TryDuration(cells[1], out var read)) return $"\"{cells[1]}\" is no duration; write seconds, or a number with a unit such as 120ms";
            duration = read;
        }
        request = new TraceRequest(at, duration, cells.Length > 2 ? cells[2] : "");
        return null;
    }

    private static bool TryTime(string text, out TimeSpan at)
    {
        if (TrySeconds(text, out at)) return true;
        var isDate = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment);
        at = moment - DateTimeOffset.UnixEpoch;
        return isDate;
    }

    private static bool TryDuration(string text, out TimeSpan duration) =>
        (TrySeconds(text, out duration) || GoDuration.TryParse(text, out duration)) && duration >= TimeSpan.Zero && duration <= TimeSpan.FromDays(1);

    private static bool TrySeconds(string text, out TimeSpan span)
    {
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(seconds) < 1e10;
        span = isNumber ? TimeSpan.FromSeconds(seconds) : default;
        return isNumber;
    }
}
