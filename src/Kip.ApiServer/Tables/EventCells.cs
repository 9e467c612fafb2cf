using Kip.Resources.Core;

namespace Kip.ApiServer.Tables;

/// <summary>What a table says of an event.</summary>
internal static class EventCells
{
    public static string LastSeen(Event seen, DateTimeOffset now) => Durations.Since(seen.LastTimestamp ?? seen.EventTime ?? seen.FirstTimestamp, now);

    public static string FirstSeen(Event seen, DateTimeOffset now) => Durations.Since(seen.FirstTimestamp ?? seen.EventTime, now);

    public static string Source(Event seen)
    {
        var component = seen.Source?.Component ?? seen.ReportingComponent ?? "";
        var host = seen.Source?.Host ?? seen.ReportingInstance ?? "";
        return host.Length == 0 ? component : $"{component}, {host}";
    }
}
