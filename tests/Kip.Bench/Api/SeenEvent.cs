namespace Kip.Bench.Api;

/// <summary>An event at a watcher, with the timestamps of when its write was sent and of when it came.</summary>
internal readonly record struct SeenEvent(long Sent, long Came);
