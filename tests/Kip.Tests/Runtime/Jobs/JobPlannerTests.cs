using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Kip.Runtime.Jobs;
using Shouldly;

namespace Kip.Tests.Runtime.Jobs;

public class JobPlannerTests
{
    [Fact]
    public void A_Job_makes_its_pods_and_is_complete_when_enough_have_succeeded()
    {
        var world = new JobWorld(static s => s with { Completions = 3, Parallelism = 2 });

        world.Settle();
        world.Active.Length.ShouldBe(2);
        world.End(world.Active[0], success: true);
        world.End(world.Active[0], success: true);
        world.Settle();
        world.Active.Length.ShouldBe(1, "one is missing");
        world.End(world.Active[0], success: true);
        world.Settle();

        world.Status.Succeeded.ShouldBe(3);
        world.Status.Conditions.IsTrue("Complete").ShouldBeTrue();
        world.Status.CompletionTime.ShouldNotBeNull();
        world.Pods.ShouldAllBe(static p => p.Metadata.Finalizers.IsEmpty);
    }

    [Fact]
    public void Failures_are_repeated_after_a_growing_wait_until_the_limit_is_passed()
    {
        var world = new JobWorld(static s => s with { BackoffLimit = 1 });
        world.Settle();
        world.End(world.Active[0], success: false);
        world.Settle();
        world.Active.ShouldBeEmpty("the next comes after ten seconds");
        world.LastPlan.RequeueAfter.ShouldBe(TimeSpan.FromSeconds(10));

        world.Now += TimeSpan.FromSeconds(10);
        world.Settle();
        world.End(world.Active.ShouldHaveSingleItem(), success: false);
        world.Settle();

        world.Status.Failed.ShouldBe(2);
        world.Status.Conditions.Find("Failed").ShouldNotBeNull().Reason.ShouldBe("BackoffLimitExceeded");
    }

    [Fact]
    public void An_Indexed_Job_does_each_part_once()
    {
        var world = new JobWorld(static s => s with { Completions = 4, Parallelism = 3, CompletionMode = "Indexed" });
        world.Settle();
        world.Active.Select(static p => p.Metadata.Annotations["batch.kubernetes.io/job-completion-index"]).ShouldBe(["0", "1", "2"], ignoreOrder: true);
        world.Active[0].Spec.Containers[0].Env.ShouldContain(static e => e.Name == "JOB_COMPLETION_INDEX");
        world.Active.ShouldAllBe(static p => p.Spec.Hostname == "work-" + p.Metadata.Annotations["batch.kubernetes.io/job-completion-index"]);

        world.End(world.Active.First(static p => p.Spec.Hostname == "work-1"), success: true);
        world.End(world.Active.First(static p => p.Spec.Hostname == "work-2"), success: true);
        world.Settle();
        world.Status.CompletedIndexes.ShouldBe("1,2");
        world.Active.Select(static p => p.Spec.Hostname).ShouldBe(["work-0", "work-3"], ignoreOrder: true);

        foreach (var pod in world.Active) world.End(pod, success: true);
        world.Settle();
        world.Status.CompletedIndexes.ShouldBe("0-3");
        world.Status.Conditions.IsTrue("Complete").ShouldBeTrue();
    }

    [Fact]
    public void A_work_queue_ends_with_the_first_success_once_the_others_have_ended()
    {
        var world = new JobWorld(static s => s with { Completions = null, Parallelism = 2 });
        world.Settle();
        world.End(world.Active[0], success: true);
        world.Settle();
        world.Active.Length.ShouldBe(1, "no new pod once one has succeeded, and the other is left to end");
        world.Status.Conditions.IsTrue("Complete").ShouldBeFalse();

        world.End(world.Active[0], success: true);
        world.Settle();
        world.Status.Conditions.IsTrue("Complete").ShouldBeTrue();
    }

    [Fact]
    public void A_Job_that_takes_too_long_is_ended_and_says_so()
    {
        var world = new JobWorld(static s => s with { ActiveDeadlineSeconds = 30 });
        world.Settle();
        world.LastPlan.RequeueAfter.ShouldBe(TimeSpan.FromSeconds(30));

        world.Now += TimeSpan.FromSeconds(30);
        world.Settle();

        world.Pods.ShouldBeEmpty();
        world.Status.Conditions.Find("Failed").ShouldNotBeNull().Reason.ShouldBe("DeadlineExceeded");
    }

    [Fact]
    public void Suspended_it_has_no_pods_and_none_of_them_counts_as_failed()
    {
        var world = new JobWorld(static s => s with { Completions = 2, Parallelism = 2 });
        world.Settle();
        world.Change(static s => s with { Suspend = true });
        world.Settle();
        world.Pods.ShouldBeEmpty();
        world.Status.ShouldSatisfyAllConditions(static s => s.Failed.ShouldBe(0), static s => s.StartTime.ShouldBeNull(),
            static s => s.Conditions.IsTrue("Suspended").ShouldBeTrue());

        world.Change(static s => s with { Suspend = false });
        world.Settle();
        world.Active.Length.ShouldBe(2);
        world.Status.Conditions.Find("Suspended").ShouldNotBeNull().Reason.ShouldBe("JobResumed");
    }

    [Theory]
    [InlineData("FailJob", 1, "PodFailurePolicy")]
    [InlineData("Ignore", 0, null)]
    [InlineData("Count", 1, null)]
    public void The_policy_says_what_a_failure_means(string action, int failed, string? reason)
    {
        var world = new JobWorld(s => s with
        {
            PodFailurePolicy = new PodFailurePolicy
            {
                Rules = [new PodFailurePolicyRule { Action = action, OnExitCodes = new PodFailureExitCodes { Operator = "In", Values = [42] } }],
            },
        });
        world.Settle();
        world.End(world.Active[0], success: false, code: 42);
        world.Settle();

        world.Status.Failed.ShouldBe(failed);
        world.Status.Conditions.Find("Failed")?.Reason.ShouldBe(reason);
        world.Status.Conditions.IsTrue("Failed").ShouldBe(reason is not null);
        world.Pods.ShouldAllBe(static p => p.Metadata.Finalizers.IsEmpty, "what is not counted is let go all the same");
    }

    [Fact]
    public void A_finished_Job_goes_when_its_time_is_over()
    {
        var world = new JobWorld(static s => s with { TtlSecondsAfterFinished = 60 });
        world.Settle();
        world.End(world.Active[0], success: true);
        world.Settle();
        world.LastPlan.RequeueAfter.ShouldBe(TimeSpan.FromSeconds(60));

        world.Now += TimeSpan.FromSeconds(60);
        world.Settle();

        world.IsGone.ShouldBeTrue();
    }

    /// <summary>Whatever happens in whatever order, and wherever the controller's writes break off: each pod counts once.</summary>
    [Fact]
    public void Each_pod_counts_exactly_once_whatever_write_is_the_last_before_a_crash()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var world = new JobWorld(static s => s with { Completions = 6, Parallelism = 3, BackoffLimit = 1000 });
            var (succeeded, failed) = (0, 0);
            for (var round = 0; round < 400 && !JobPlanner.IsFinished(world.Job); round++)
            {
                world.Step(writes: random.Next(4));
                world.Now += TimeSpan.FromSeconds(random.Next(900));
                if (world.Active.Length == 0) continue;
                var pod = world.Active[random.Next(world.Active.Length)];
                var success = random.Next(3) > 0;
                if (success) succeeded++;
                else failed++;
                world.End(pod, success);
                // People delete pods that have ended; the finalizer keeps them until they are counted.
                if (random.Next(2) == 0) world.Delete(pod.Metadata.Name);
            }
            world.Settle();
            (world.Status.Succeeded, world.Status.Failed).ShouldBe((succeeded, failed), $"seed {seed}");
            succeeded.ShouldBe(6, $"seed {seed}: no more pods than are wanted");
            world.Pods.ShouldAllBe(static p => p.Metadata.Finalizers.IsEmpty, $"seed {seed}");
        }
    }
}
