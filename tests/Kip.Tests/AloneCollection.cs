namespace Kip.Tests;

/// <summary>
/// Tests that change what the whole process does, e.g. who listens to its spans: while somebody does, requests take another way and carry other
/// headers. They run when no other test does.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
