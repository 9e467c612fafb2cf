using Kip.Resources.Coordination;
using Microsoft.Extensions.Logging;

namespace Kip.Client.Leases;

/// <summary>Does some work only while holding a lease, so that of several processes one at a time does it.</summary>
public sealed partial class LeaseHolder(IResources resources, LeaseOptions options, TimeProvider time, ILogger logger)
{
    private Lease? _seen;
    private DateTimeOffset _seenAt;

    /// <summary>Waits for the lease, does the work while holding it, gives it back; begins again whenever it is lost.</summary>
    /// <param name="work">Its token is cancelled when the lease is lost or the whole is cancelled; the work must end then.</param>
    /// <param name="cancel">Ends it all; the lease is given back.</param>
    /// <returns>Completes when the work ends by itself or all is cancelled. A failure of the work is passed on.</returns>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            if (!await AcquireAsync(cancel)) return;
            LogAcquired(options.Name, options.Identity);
            using var held = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var renewing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var renewal = RenewAsync(held, renewing.Token);
            var lost = false;
            try
            {
                await work(held.Token);
            }
            catch (OperationCanceledException) when (held.IsCancellationRequested)
            {
                // Told to stop, and has.
            }
            finally
            {
                lost = held.IsCancellationRequested && !cancel.IsCancellationRequested;
                renewing.Cancel();
                await renewal;
                if (!lost) await ReleaseAsync();
            }
            if (!lost) return;
            LogLost(options.Name, options.Identity);
        }
    }

    private async Task<bool> AcquireAsync(CancellationToken cancel)
    {
        try
        {
            while (!await TryClaimAsync(cancel)) await Task.Delay(options.RetryPeriod, time, cancel);
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task RenewAsync(CancellationTokenSource held, CancellationToken cancel)
    {
        var renewed = time.GetUtcNow();
        try
        {
            while (true)
            {
                await Task.Delay(options.RetryPeriod, time, cancel);
                var asked = time.GetUtcNow();
                // A call that hangs must not carry the work past the deadline.
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                using var timer = time.CreateTimer(_ => deadline.Cancel(), null, renewed + options.RenewDeadline - asked, Timeout.InfiniteTimeSpan);
                if (await TryClaimAsync(deadline.Token)) renewed = asked;
                if (_seen?.Spec.HolderIdentity == options.Identity && !LeaseRule.IsLost(renewed, options, time.GetUtcNow())) continue;
                break;
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done, or the last call hung until the deadline.
        }
        if (!cancel.IsCancellationRequested) held.Cancel();
    }

    /// <summary>One try to take or renew the lease. A failure to reach the server is a try that did not succeed.</summary>
    private async Task<bool> TryClaimAsync(CancellationToken cancel)
    {
        try
        {
            await LookAsync(cancel);
            if (LeaseRule.Claim(_seen, _seenAt, options, time.GetUtcNow()) is not { } claim) return false;
            var stored = _seen is null ? await resources.CreateAsync(claim, cancel) : await resources.UpdateAsync(claim, cancel);
            Remember((Lease)stored);
            return true;
        }
        catch (ApiException e)
        {
            LogFailed(options.Name, e.Message);
            return false;
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            // The stop does not wait long for a courtesy: without it the lease runs out by itself.
            using var patience = new CancellationTokenSource(options.RetryPeriod, time);
            await LookAsync(patience.Token);
            if (LeaseRule.Release(_seen, options, time.GetUtcNow()) is { } released) await resources.UpdateAsync(released, patience.Token);
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException)
        {
            LogFailed(options.Name, e.Message);
        }
    }

    private async Task LookAsync(CancellationToken cancel) =>
        Remember((Lease?)await resources.GetAsync(Lease.Definition, options.Name, cancel));

    private void Remember(Lease? lease)
    {
        if (lease is not null && _seen is not null && lease.Metadata.ResourceVersion == _seen.Metadata.ResourceVersion) return;
        _seen = lease;
        _seenAt = time.GetUtcNow();
    }

    [LoggerMessage(130, LogLevel.Information, "{identity} holds the lease {lease}")]
    private partial void LogAcquired(Kip.Resources.NamespacedName lease, string identity);

    [LoggerMessage(131, LogLevel.Warning, "{identity} has lost the lease {lease} and stops its work")]
    private partial void LogLost(Kip.Resources.NamespacedName lease, string identity);

    [LoggerMessage(132, LogLevel.Debug, "The lease {lease} could not be written: {reason}")]
    private partial void LogFailed(Kip.Resources.NamespacedName lease, string reason);
}
