using System.Collections.Concurrent;
using Kip.Conformance;
using Kip.Testing.Programs;
using Kip.Tests.Functional.Containers;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>Every conformance case against a running kip, through its API and gateway only.</summary>
public sealed class ConformanceTests(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    /// <summary>All but those that take minutes; with <c>KIP_CASES</c> those whose id contains its text, these included.</summary>
    internal static IReadOnlyList<ConformanceCase> Asked { get; } = Environment.GetEnvironmentVariable("KIP_CASES") is { Length: > 0 } some
        ? ConformanceCases.Matching(some)
        : [.. ConformanceCases.All.Where(static c => !c.TakesLong)];

    public static IEnumerable<TheoryDataRow<string>> Cases { get; } = [.. Asked.Select(static c => new TheoryDataRow<string>(c.Id))];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_platform_behaves_as_published(string id)
    {
        var result = await fixture.ResultAsync(id);
        if (result.Verdict == CaseVerdict.Skipped) Assert.Skip(result.Message);
        result.Verdict.ShouldBe(CaseVerdict.Passed, $"{result.Case.Sentence} ({result.Case.Source}): {result.Message}");
    }

    [Fact]
    public void Every_case_has_an_id_of_its_own() =>
        ConformanceCases.All.GroupBy(static c => c.Id).Where(static g => g.Count() > 1).ShouldBeEmpty();
}

/// <summary>A platform of the suite's own, since some cases change its configuration. The cases run side by side while the tests wait for theirs.</summary>
public sealed class ConformanceFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Task<CaseResult>> _results = new();
    private readonly CancellationTokenSource _stop = new();
    private KipProgram _kip = null!;
    private ConformanceRunner _runner = null!;

    public async ValueTask InitializeAsync()
    {
        // Beyond loopback, so that there is a door through which nothing of the inside may be seen.
        _kip = await KipProgram.StartAsync(null, "--https", "0.0.0.0:0");
        var container = await ContainerWorkload.LoadAsync(_kip);
        _runner = new ConformanceRunner(new ConformanceOptions
        {
            Kubeconfig = _kip.Kubeconfig, Gateway = _kip.Gateway, SecureGateway = _kip.SecureGateway, OuterGateway = _kip.SecureGateway,
            Registry = new($"http://{_kip.Registry}"),
            ContainerImage = container,
            RegistryCredentials = (await _kip.KipAsync("registry", "login", "--print")).Succeeded().Output.Trim(),
        });
    }

    /// <summary>What came of a case. The first to ask starts them all.</summary>
    public Task<CaseResult> ResultAsync(string id)
    {
        lock (_results)
            if (_results.IsEmpty)
                foreach (var one in ConformanceTests.Asked) _results[one.Id] = _runner.RunAsync(one, _stop.Token);
        return _results[id];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_results.Values).ContinueWith(static _ => { }, TaskScheduler.Default);
        _runner.Dispose();
        await _kip.DisposeAsync();
        _stop.Dispose();
    }
}
