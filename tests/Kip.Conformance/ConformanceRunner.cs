using System.Diagnostics;
using Kip.Client;
using Kip.Client.Http;
using Kip.Client.Kubeconfigs;

namespace Kip.Conformance;

/// <summary>How a case ended.</summary>
public enum CaseVerdict
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>What came of one case.</summary>
/// <param name="Message">Why it failed or was skipped; empty otherwise.</param>
public sealed record CaseResult(ConformanceCase Case, CaseVerdict Verdict, string Message, TimeSpan Took);

/// <summary>Runs cases against one platform, each in a namespace of its own, some side by side.</summary>
public sealed class ConformanceRunner : IDisposable
{
    private readonly ConformanceOptions _options;
    private readonly HttpResources _resources;
    private readonly GatewayDoor _door;
    private readonly SemaphoreSlim _places;
    private readonly SemaphoreSlim _alone = new(1);
    private int _namespaces;

    /// <exception cref="KubeconfigException">The kubeconfig cannot be used.</exception>
    public ConformanceRunner(ConformanceOptions options)
    {
        _options = options;
        _resources = HttpResources.Connect(Kubeconfig.Load(options.Kubeconfig).Resolve());
        _door = new GatewayDoor(options.Gateway);
        _places = new SemaphoreSlim(options.Parallel);
    }

    /// <summary>Runs one case when a place is free. Never throws for what the case finds.</summary>
    public async Task<CaseResult> RunAsync(ConformanceCase asked, CancellationToken cancel)
    {
        var places = await EnterAsync(asked, cancel);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await CheckAsync(asked, cancel);
            return new(asked, CaseVerdict.Passed, "", Stopwatch.GetElapsedTime(started));
        }
        catch (CaseSkippedException skipped)
        {
            return new(asked, CaseVerdict.Skipped, skipped.Message, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            var message = failure is CaseFailedException or ApiException ? failure.Message : failure.ToString();
            return new(asked, CaseVerdict.Failed, message, Stopwatch.GetElapsedTime(started));
        }
        finally
        {
            _places.Release(places);
        }
    }

    // A case that must be alone takes all places, one by one as they come free; two of them would wait for each other.
    private async Task<int> EnterAsync(ConformanceCase asked, CancellationToken cancel)
    {
        if (!asked.Alone)
        {
            await _places.WaitAsync(cancel);
            return 1;
        }
        await _alone.WaitAsync(cancel);
        var taken = 0;
        try
        {
            for (; taken < _options.Parallel; taken++) await _places.WaitAsync(cancel);
            return taken;
        }
        catch (OperationCanceledException) when (taken > 0)
        {
            _places.Release(taken);
            throw;
        }
        finally
        {
            _alone.Release();
        }
    }

    public void Dispose()
    {
        _resources.Dispose();
        _door.Dispose();
        _places.Dispose();
        _alone.Dispose();
    }

    private async Task CheckAsync(ConformanceCase asked, CancellationToken cancel)
    {
        var name = $"conformance-{Environment.ProcessId}-{Interlocked.Increment(ref _namespaces)}";
        await using var target = new ConformanceTarget(_options, _resources, _door, name, cancel);
        await asked.CheckAsync(target);
    }
}
