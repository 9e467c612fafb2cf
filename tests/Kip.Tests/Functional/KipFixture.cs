using Kip.Testing.Programs;

namespace Kip.Tests.Functional;

/// <summary>One running kip for the tests of a collection; each test uses names of its own.</summary>
public sealed class KipFixture : IAsyncLifetime
{
    public KipProgram Kip { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Kip = await KipProgram.StartAsync();

    public async ValueTask DisposeAsync() => await Kip.DisposeAsync();
}

/// <summary>The tests that share one platform run one after the other: they measure failures under load.</summary>
[CollectionDefinition(Name)]
public sealed class KipCollection : ICollectionFixture<KipFixture>
{
    public const string Name = "one platform";
}
