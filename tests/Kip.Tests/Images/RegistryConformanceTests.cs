using Kip.Conformance.Registry;

namespace Kip.Tests.Images;

/// <summary>The distribution specification's list against Kip's registry.</summary>
public sealed class RegistryConformanceTests(RegistryConformanceTests.Server server) : IClassFixture<RegistryConformanceTests.Server>
{
    public static TheoryData<string> Ids => [.. RegistryCases.Checks.Select(static c => c.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_registry_does_what_the_specification_says(string id)
    {
        var bed = server.Bed;
        using var door = new RegistryDoor(new Uri($"http://{bed.Host}"), bed.Credentials, $"case/{id}");
        await RegistryCases.Checks.Single(c => c.Id == id).CheckAsync(door);
    }

    /// <summary>One registry for all cases; each has a repository of its own.</summary>
    public sealed class Server : IAsyncLifetime
    {
        internal RegistryBed Bed { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Bed = await RegistryBed.StartAsync();

        public ValueTask DisposeAsync() => Bed.DisposeAsync();
    }
}
