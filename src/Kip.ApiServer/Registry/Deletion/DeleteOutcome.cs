using Kip.Resources;

namespace Kip.ApiServer.Registry.Deletion;

/// <summary>What a deletion did.</summary>
/// <param name="Removed">True: the object is gone. False: it is marked, and goes when its finalizers and its grace period are through.</param>
/// <param name="Object">Its last state, or its marked state with <c>deletionTimestamp</c>.</param>
public sealed record DeleteOutcome(bool Removed, Resource Object);
