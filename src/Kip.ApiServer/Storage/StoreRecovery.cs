using System.Collections.Immutable;
using Kip.Log;

namespace Kip.ApiServer.Storage;

/// <summary>What opening a store found.</summary>
/// <param name="Objects">How many objects there are.</param>
/// <param name="Snapshot">The log record up to which the snapshot reached; 0 without one.</param>
/// <param name="Replayed">How many changes were read from the log behind the snapshot.</param>
/// <param name="TornBytes">What was cut from the log's end: a write that nobody had been told of.</param>
/// <param name="Damaged">Changes lost to damage. Empty is as it should be.</param>
public sealed record StoreRecovery(int Objects, ulong Snapshot, int Replayed, long TornBytes, ImmutableArray<DamagedRange> Damaged);
