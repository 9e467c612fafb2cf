using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class DeciderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly NamespacedName Revision = new("default", "hello-00001");
    private static readonly DeciderSpec Spec = new() { Total = 10, Target = 10 };

    [Fact]
    public void A_revision_without_requests_sleeps_after_its_first_decision()
    {
        var decider = new Decider(Spec, Start, 0);
        decider.IsAsleep.ShouldBeFalse();

        decider.Decide(Start, default).Desired.ShouldBe(0);

        decider.IsAsleep.ShouldBeTrue();
        decider.Record(new(Revision, Start, 0, 0));
        decider.IsAsleep.ShouldBeTrue();
    }

    [Fact]
    public void The_first_request_wakes_it_and_wants_a_pod()
    {
        var decider = new Decider(Spec, Start, 0);
        decider.Decide(Start, default);

        decider.Record(new(Revision, Start, 1, 1));

        decider.IsAsleep.ShouldBeFalse();
        decider.Decide(Start, default).Desired.ShouldBe(1);
    }

    [Fact]
    public void Silence_counts_as_zeros_so_the_average_sinks_and_it_sleeps_after_the_stable_window()
    {
        var decider = new Decider(Spec, Start, 0);
        for (var second = 0; second < 60; second++) decider.Record(new(Revision, Start.AddSeconds(second), 40, 40));

        decider.Decide(Start.AddSeconds(60), Ready(4)).Stable.ShouldBe(40);
        decider.Decide(Start.AddSeconds(90), Ready(4)).Stable.ShouldBe(40.0 * 29 / 59, 1e-5);
        decider.Decide(Start.AddSeconds(118), Ready(1)).Desired.ShouldBe(1);
        decider.IsAsleep.ShouldBeFalse();

        decider.Decide(Start.AddSeconds(122), Ready(1)).Desired.ShouldBe(0);
        decider.IsAsleep.ShouldBeTrue();
    }

    [Fact]
    public void Reported_zeros_and_silence_come_to_the_same()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var told = new Decider(Spec, Start, 0);
            var untold = new Decider(Spec, Start, 0);
            for (var second = 0; second < 150; second++)
            {
                var stat = new RevisionStat(Revision, Start.AddSeconds(second), random.Next(3) == 0 && second < 90 ? random.Next(50) : 0, 0);
                told.Record(stat);
                if (stat.AverageConcurrentRequests > 0) untold.Record(stat);
                if (second % 2 == 0) continue;
                var now = Start.AddSeconds(second + 1.3);
                var pods = Ready(random.Next(1, 6));
                untold.Decide(now, pods).Desired.ShouldBe(told.Decide(now, pods).Desired, $"seed {seed}, second {second}");
            }
        }
    }

    [Fact]
    public void A_scale_down_waits_for_the_delay()
    {
        var decider = new Decider(Spec with { ScaleDownDelay = TimeSpan.FromSeconds(30), StableWindow = TimeSpan.FromSeconds(6) }, Start, 0);
        decider.Record(new(Revision, Start, 30, 30));
        decider.Decide(Start.AddSeconds(1), Ready(3)).Desired.ShouldBe(3);

        var held = decider.Decide(Start.AddSeconds(20), Ready(3));
        (held.Desired, held.DesiredByLoad).ShouldBe((3, 1));
        held.Reason.ShouldContain("scale-down delay of 30 s");

        decider.Decide(Start.AddSeconds(32), Ready(1)).Desired.ShouldBe(1);
        decider.IsAsleep.ShouldBeFalse();
        decider.Decide(Start.AddSeconds(64), Ready(1)).Desired.ShouldBe(0);
        decider.IsAsleep.ShouldBeTrue();
    }

    [Fact]
    public void Changed_settings_count_from_the_next_decision_and_forget_nothing()
    {
        var decider = new Decider(Spec, Start, 0);
        for (var second = 0; second < 10; second++) decider.Record(new(Revision, Start.AddSeconds(second), 40, 120));
        decider.Decide(Start.AddSeconds(9), Ready(4)).Desired.ShouldBe(4);

        decider.Spec = Spec with { Target = 20 };
        decider.Decide(Start.AddSeconds(9), Ready(4)).Desired.ShouldBe(2);

        decider.Spec = Spec with { Metric = ScalingMetric.RequestsPerSecond, Target = 30, StableWindow = TimeSpan.FromSeconds(6) };
        decider.Decide(Start.AddSeconds(9), Ready(4)).Desired.ShouldBe(4);
    }

    [Fact]
    public void A_decision_explains_itself()
    {
        var decider = new Decider(Spec, Start, 0);
        decider.Decide(Start, default).Reason.ShouldBe("no requests over the stable window");

        decider.Record(new(Revision, Start, 12.5, 3));
        decider.Decide(Start, Ready(2)).Reason.ShouldBe("concurrency averaged 12.5 over the stable window, at a target of 10 per pod");
        decider.Decide(Start, Ready(1)).Reason.ShouldBe("panic: concurrency averaged 12.5 over the panic window, at a target of 10 per pod");
        decider.Decide(Start.AddSeconds(8), Ready(2)).Reason.ShouldBe("panic: pods do not go down until the load has been normal for 60 s");
    }

    [Fact]
    public void Deciding_for_sleeping_revisions_is_never_needed_and_reports_of_nothing_allocate_nothing()
    {
        var decider = new Decider(Spec, Start, 0);
        decider.Decide(Start, default);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++) decider.Record(new(Revision, Start.AddSeconds(i), 0, 0));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Pods_are_counted_by_what_they_can_do()
    {
        var ended = Start.AddSeconds(-1);
        PodCounts.Of(
        [
            Pod("Running", "True"), Pod("Running", "True"), Pod("Running", "False"), Pod("Running", null), Pod("Pending", null), Pod(null, null),
            Pod("Running", "True", ended), Pod("Succeeded", "False"), Pod("Failed", "True"),
        ]).ShouldBe(new PodCounts(2, 2, 2, 1));
    }

    private static PodCounts Ready(int count) => new(count, 0, 0, 0);

    private static Pod Pod(string? phase, string? ready, DateTimeOffset? deleted = null) => new()
    {
        Metadata = new() { DeletionTimestamp = deleted },
        Status = new() { Phase = phase, Conditions = ready is null ? [] : [new() { Type = "Ready", Status = ready }] },
    };
}
