using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Planning;
using Kip.Runtime.CronJobs;
using Shouldly;

namespace Kip.Tests.Runtime.CronJobs;

public class CronJobPlannerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CronJob Of(Func<CronJobSpec, CronJobSpec>? change = null, DateTimeOffset? last = null)
    {
        var spec = new CronJobSpec { Schedule = "*/10 * * * *" };
        return new CronJob
        {
            Metadata = new ObjectMeta { Name = "tick", Namespace = "default", Uid = "c1", CreationTimestamp = Noon.AddMinutes(-1) },
            Spec = change?.Invoke(spec) ?? spec,
            Status = new CronJobStatus { LastScheduleTime = last },
        };
    }

    private static Job JobAt(DateTimeOffset due, string? ended = null) => new()
    {
        Metadata = new ObjectMeta { Name = $"tick-{due.ToUnixTimeSeconds() / 60}", Namespace = "default", Uid = due.ToString("o") },
        Status = new JobStatus
        {
            StartTime = due, CompletionTime = ended == "Complete" ? due.AddSeconds(5) : null,
            Conditions = ended is null ? [] : [new Condition { Type = ended, Status = "True" }],
        },
    };

    private static Plan Plan(CronJob cron, DateTimeOffset now, params Job[] jobs) =>
        CronJobPlanner.Plan(new CronJobView(
            cron, [.. jobs], now, static name => name == "Europe/Berlin" ? TimeZoneInfo.FindSystemTimeZoneById(name) : null, static _ => false));

    private static Job[] Created(Plan plan) => [.. plan.Edits.OfType<Edit.Create>().Select(static c => (Job)c.Object)];

    private static string[] Deleted(Plan plan) => [.. plan.Edits.OfType<Edit.Delete>().Select(static d => d.Object.Metadata.Name)];

    private static CronJobStatus Status(Plan plan) => ((CronJob)plan.Status!).Status;

    [Fact]
    public void At_its_time_a_Job_is_made_once_and_then_the_next_time_is_waited_for()
    {
        var plan = Plan(Of(), Noon.AddSeconds(3));

        var job = Created(plan).ShouldHaveSingleItem();
        job.Metadata.Name.ShouldBe($"tick-{Noon.ToUnixTimeSeconds() / 60}");
        job.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"].ShouldBe("2026-01-01T12:00:00Z");
        job.IsControlledBy(Of()).ShouldBeTrue();
        Status(plan).LastScheduleTime.ShouldBe(Noon);
        plan.RequeueAfter.ShouldBe(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(3));
        Created(Plan((CronJob)plan.Status!, Noon.AddSeconds(4), JobAt(Noon))).ShouldBeEmpty();
    }

    [Fact]
    public void A_crash_between_the_Job_and_the_status_makes_no_second_Job()
    {
        var plan = Plan(Of(), Noon.AddSeconds(3), JobAt(Noon, "Complete"));

        Created(plan).ShouldBeEmpty();
        Status(plan).LastScheduleTime.ShouldBe(Noon);
    }

    [Fact]
    public void Of_many_times_that_were_missed_only_the_last_is_made_up_for()
    {
        var plan = Plan(Of(last: Noon), Noon.AddDays(2));

        Created(plan).ShouldHaveSingleItem();
        Status(plan).LastScheduleTime.ShouldBe(Noon.AddDays(2));
    }

    [Fact]
    public void What_is_too_late_is_not_made_up_for() =>
        Created(Plan(Of(static s => s with { StartingDeadlineSeconds = 60 }, last: Noon), Noon.AddMinutes(12))).ShouldBeEmpty();

    [Theory]
    [InlineData("Allow", 1, 0)]
    [InlineData("Forbid", 0, 0)]
    [InlineData("Replace", 1, 1)]
    public void The_policy_says_what_happens_to_one_that_still_runs(string policy, int created, int deleted)
    {
        var plan = Plan(Of(s => s with { ConcurrencyPolicy = policy }, last: Noon), Noon.AddMinutes(10), JobAt(Noon));

        (Created(plan).Length, Deleted(plan).Length).ShouldBe((created, deleted));
        Status(plan).LastScheduleTime.ShouldBe(policy == "Forbid" ? Noon : Noon.AddMinutes(10));
    }

    [Fact]
    public void Who_waited_for_the_last_to_end_starts_then() =>
        Created(Plan(Of(static s => s with { ConcurrencyPolicy = "Forbid" }, last: Noon), Noon.AddMinutes(14), JobAt(Noon, "Complete"))).ShouldHaveSingleItem();

    [Fact]
    public void Suspended_it_only_keeps_its_books()
    {
        var plan = Plan(Of(static s => s with { Suspend = true }, last: Noon), Noon.AddMinutes(30), JobAt(Noon));

        Created(plan).ShouldBeEmpty();
        plan.RequeueAfter.ShouldBeNull();
        Status(plan).Active.ShouldHaveSingleItem().Name.ShouldBe(JobAt(Noon).Metadata.Name);
    }

    [Fact]
    public void The_oldest_Jobs_go_beyond_the_history()
    {
        Job[] done = [.. Enumerable.Range(1, 5).Select(i => JobAt(Noon.AddHours(-i), "Complete"))];
        Job[] failed = [JobAt(Noon.AddHours(-7), "Failed"), JobAt(Noon.AddHours(-8), "Failed")];

        var plan = Plan(Of(last: Noon), Noon.AddMinutes(1), [.. done, .. failed]);

        Deleted(plan).ShouldBe([done[4].Metadata.Name, done[3].Metadata.Name, failed[1].Metadata.Name]);
        Status(plan).LastSuccessfulTime.ShouldBe(Noon.AddHours(-1).AddSeconds(5));
    }

    [Fact]
    public void The_schedule_reads_its_own_clock_and_an_unknown_one_is_told()
    {
        static CronJobSpec Daily(CronJobSpec spec, string zone) => spec with { Schedule = "0 13 * * *", TimeZone = zone };

        Created(Plan(Of(static s => Daily(s, "Europe/Berlin")), Noon.AddSeconds(1))).ShouldHaveSingleItem()
            .Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"].ShouldBe("2026-01-01T13:00:00+01:00");
        Plan(Of(static s => Daily(s, "Nowhere/Land")), Noon).Edits.OfType<Edit.Record>().ShouldHaveSingleItem().Reason.ShouldBe("UnknownTimeZone");
    }
}
