using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Planning;

namespace Kip.Runtime.CronJobs;

/// <summary>Gathers what the <see cref="CronJobPlanner"/> decides from.</summary>
public sealed class CronJobReconciler : IReconciler
{
    private IIndexer<CronJob> _cronJobs = null!;
    private IIndexer<Job> _jobs = null!;

    public KindDefinition Kind => CronJob.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _cronJobs = watch.Own<CronJob>();
        _jobs = watch.OwnedBy<Job>();
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now) => _cronJobs.Get(key) is { } cron
        ? CronJobPlanner.Plan(new CronJobView(
            cron, [.. _jobs.OwnedBy(cron.Metadata.Uid ?? "")], now,
            static name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null,
            name => _jobs.Get(key with { Name = name }) is not null))
        : Resources.Planning.Plan.Nothing;
}
