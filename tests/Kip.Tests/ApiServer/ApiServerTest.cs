using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer;

/// <summary>What tests against a server alone have in common: one with an empty store, which has nothing to complain of when the test is over.</summary>
public abstract class ApiServerTest : IAsyncLifetime
{
    protected ApiServerFixture Api { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => Api = await ApiServerFixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        Api.Logs.Lines.ShouldBeEmpty();
        await Api.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
