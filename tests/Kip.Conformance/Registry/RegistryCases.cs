namespace Kip.Conformance.Registry;

/// <summary>The four workflows of the OCI distribution specification's conformance list.</summary>
public static class RegistryCases
{
    /// <summary>Every case, to be run at any registry.</summary>
    public static IReadOnlyList<RegistryCase> Checks { get; } = [.. PullCases.All, .. PushCases.All, .. DiscoveryCases.All, .. ManagementCases.All];

    /// <summary>The same for a platform whose registry is named.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } = [.. Checks.Select(static c => new ConformanceCase(c.Id, c.Sentence, c.Source, async target =>
    {
        using var door = target.Registry();
        try
        {
            await c.CheckAsync(door);
        }
        finally
        {
            await door.RemoveTagsAsync();
        }
    }))];
}

/// <summary>One request, or few, of the distribution specification.</summary>
public sealed record RegistryCase(string Id, string Sentence, string Source, Func<RegistryDoor, Task> CheckAsync)
{
    public override string ToString() => Id;
}
