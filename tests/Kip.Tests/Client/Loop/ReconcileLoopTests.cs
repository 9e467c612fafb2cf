using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.Client.Loop;

public class ReconcileLoopTests
{
    private readonly LoopBench _bench = new();

    [Fact]
    public void A_change_is_planned_applied_and_reported_and_then_there_is_rest()
    {
        _bench.Start();
        _bench.Write("a", "one");
        _bench.Write("a", "two");

        _bench.Children.Single().Data["text"].ShouldBe("two");
        _bench.Stored("a")!.Status.LatestReadyRevisionName.ShouldBe("two");
        _bench.Host.Loops[0].QueueLength.ShouldBe(0);
        _bench.Count("status").ShouldBe(2);
    }

    [Fact]
    public void A_change_of_a_child_wakes_its_owner_only_when_it_is_of_what_the_owner_reads()
    {
        _bench.Start();
        _bench.Write("a", "one");
        var (plans, child) = (_bench.Reconciler.Plans, _bench.Children.Single());

        Change(child with { Metadata = child.Metadata with { Labels = StringMap.Of(("note", "x")) } });
        _bench.Reconciler.Plans.ShouldBe(plans);
        child = _bench.Children.Single();
        Change(child with { Data = StringMap.Of(("text", "mine")) });
        _bench.Children.Single().Data["text"].ShouldBe("one");

        void Change(ConfigMap changed) => _bench.Do(() => _ = _bench.Api.UpdateAsync(changed, default));
    }

    [Fact]
    public void What_is_there_at_the_start_is_reconciled()
    {
        _bench.Write("a", "one");
        _bench.Write("b", "two");
        _bench.Start();

        _bench.Children.Count.ShouldBe(2);
    }

    [Fact]
    public void A_plan_is_not_made_on_a_cache_that_lacks_the_loops_own_writes()
    {
        _bench.Start();
        // The Configuration is seen; from then on nothing is, so the child that the loop creates stays invisible to it.
        _bench.Api.Fault = call =>
        {
            if (call.StartsWith("create configmaps", StringComparison.Ordinal)) _bench.Api.HoldWatches();
        };
        _bench.Write("a", "one");
        for (var i = 0; i < 5; i++)
        {
            _bench.Do(() => _bench.Host.Loops[0].Enqueue(new("default", "a")));
            _bench.Advance(TimeSpan.FromSeconds(1));
        }
        _bench.Count("create configmaps").ShouldBe(1);

        _bench.Api.Fault = static _ => { };
        _bench.Do(_bench.Api.ReleaseWatches);

        _bench.Children.Count.ShouldBe(1);
        _bench.Host.Loops[0].QueueLength.ShouldBe(0);
    }

    [Fact]
    public void What_is_owned_is_made_again_when_somebody_deletes_it()
    {
        _bench.Start();
        _bench.Write("a", "one");
        var child = _bench.Children.Single();

        _bench.Do(() => _ = _bench.Api.DeleteAsync<ConfigMap>(child.Key, default));

        _bench.Children.Single().Metadata.Name.ShouldNotBe(child.Metadata.Name);
    }

    [Fact]
    public void A_failure_is_retried_with_backoff_and_logged_once_until_it_is_over()
    {
        _bench.Start();
        _bench.Api.Fault = static call =>
        {
            if (call.StartsWith("create configmaps", StringComparison.Ordinal)) throw ApiException.Of(500, "InternalError", "disk on fire");
        };
        _bench.Write("a", "one");
        for (var i = 0; i < 8; i++) _bench.Advance(TimeSpan.FromMilliseconds(5 << i));

        _bench.Count("create configmaps").ShouldBe(9);
        _bench.Logs.Lines.ShouldBe(
            ["Warning: Reconciling configurations.serving.knative.dev default/a failed and will be tried again: disk on fire"]);

        _bench.Api.Fault = static _ => { };
        _bench.Advance(TimeSpan.FromSeconds(2));
        _bench.Children.Count.ShouldBe(1);
        _bench.Logs.Lines.Count.ShouldBe(2);
        _bench.Logs.Lines[1].ShouldContain("works again");
    }

    [Fact]
    public void To_be_overtaken_by_someone_else_is_no_failure_to_speak_of()
    {
        _bench.Start();
        var overtaken = false;
        _bench.Api.Fault = call =>
        {
            if (!overtaken && call.StartsWith("status", StringComparison.Ordinal))
            {
                overtaken = true;
                throw ApiException.Conflict(Kip.Resources.Serving.Configuration.Definition, "a", "the object has been modified");
            }
        };
        _bench.Write("a", "one");
        _bench.Advance(TimeSpan.FromMilliseconds(5));

        _bench.Stored("a")!.Status.LatestReadyRevisionName.ShouldBe("one");
        _bench.Logs.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void A_planner_that_throws_is_a_failure_like_any_other_and_the_loop_lives_on()
    {
        _bench.Start();
        _bench.Reconciler.Extra = static key => key.Name == "bad" ? throw new InvalidOperationException("a bug") : [];
        _bench.Write("bad", "x");
        _bench.Write("good", "y");

        _bench.Children.Single().Data["text"].ShouldBe("y");
        _bench.Logs.Lines.Single().ShouldContain("a bug");
    }

    [Fact]
    public void A_plan_may_ask_for_another_look_later_and_the_newest_plan_decides()
    {
        _bench.Start();
        _bench.Reconciler.RequeueAfter = TimeSpan.FromSeconds(30);
        _bench.Write("a", "one");
        var plans = _bench.Reconciler.Plans;
        _bench.Advance(TimeSpan.FromSeconds(29));
        _bench.Reconciler.Plans.ShouldBe(plans);
        _bench.Reconciler.RequeueAfter = null;
        _bench.Advance(TimeSpan.FromSeconds(1));
        _bench.Reconciler.Plans.ShouldBe(plans + 1);

        _bench.Advance(TimeSpan.FromMinutes(1));
        _bench.Reconciler.Plans.ShouldBe(plans + 1);
    }

    [Fact]
    public void A_status_that_may_wait_is_written_when_its_time_is_over_however_often_it_changed()
    {
        _bench.Reconciler.StatusWithin = TimeSpan.FromSeconds(2);
        _bench.Start();
        _bench.Write("a", "one");
        _bench.Children.Single().Data["text"].ShouldBe("one", "only the status waits");
        _bench.Advance(TimeSpan.FromSeconds(1.5));
        _bench.Write("a", "two");
        _bench.Count("status").ShouldBe(0);

        _bench.Advance(TimeSpan.FromSeconds(0.5));
        _bench.Stored("a")!.Status.LatestReadyRevisionName.ShouldBe("two");
        _bench.Write("a", "three");
        _bench.Count("status").ShouldBe(1, "the time of the next begins with it");
        _bench.Advance(TimeSpan.FromSeconds(2));
        _bench.Stored("a")!.Status.LatestReadyRevisionName.ShouldBe("three");
        _bench.Host.Loops[0].QueueLength.ShouldBe(0);
    }

    [Fact]
    public void A_status_that_waits_is_overtaken_by_one_that_may_not()
    {
        _bench.Reconciler.StatusWithin = TimeSpan.FromSeconds(2);
        _bench.Reconciler.RequeueAfter = TimeSpan.FromSeconds(30);
        _bench.Start();
        _bench.Write("a", "one");
        _bench.Reconciler.StatusWithin = null;
        _bench.Write("a", "two");

        _bench.Stored("a")!.Status.LatestReadyRevisionName.ShouldBe("two");
        var plans = _bench.Reconciler.Plans;
        _bench.Advance(TimeSpan.FromSeconds(29));
        _bench.Count("status").ShouldBe(1);
        _bench.Reconciler.Plans.ShouldBe(plans);
        _bench.Advance(TimeSpan.FromSeconds(1));
        _bench.Reconciler.Plans.ShouldBe(plans + 1);
    }

    [Fact]
    public void Everything_is_looked_at_again_now_and_then()
    {
        _bench.Start();
        _bench.Write("a", "one");
        _bench.Write("b", "one");
        var plans = _bench.Reconciler.Plans;

        _bench.Advance(TimeSpan.FromMinutes(11));

        _bench.Reconciler.Plans.ShouldBe(plans + 2);
    }

    [Fact]
    public void Deleting_what_is_gone_already_is_success()
    {
        _bench.Start();
        var ghost = new ConfigMap { Metadata = new ObjectMeta { Name = "ghost", Namespace = "default", Uid = "u" } };
        _bench.Reconciler.Extra = _ => [new Edit.Delete(ghost)];
        _bench.Write("a", "one");

        _bench.Children.Count.ShouldBe(1);
        _bench.Logs.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void A_status_follows_an_edit_of_the_same_object_in_the_same_plan()
    {
        _bench.Start();
        _bench.Reconciler.Extra = key => _bench.Informers.Get<Kip.Resources.Serving.Configuration>().Get(key) is { Metadata.Finalizers.IsEmpty: true } c
            ? [new Edit.Update(c with { Metadata = c.Metadata with { Finalizers = ["test/kept"] } })]
            : [];
        _bench.Write("a", "one");

        _bench.Stored("a")!.Metadata.Finalizers.ShouldBe(["test/kept"]);
        _bench.Stored("a")!.Status.LatestReadyRevisionName.ShouldBe("one");
        _bench.Time.NextTimer!.Value.ShouldBeGreaterThan(_bench.Time.GetUtcNow().AddMinutes(5));
    }

    [Fact]
    public void Stopping_waits_for_the_work_under_way_and_ends_everything()
    {
        _bench.Start();
        _bench.Write("a", "one");
        Task? stop = null;
        _bench.Do(() => stop = _bench.Host.DisposeAsync().AsTask());

        stop!.IsCompletedSuccessfully.ShouldBeTrue();
        _bench.Write("b", "two");
        _bench.Children.Count.ShouldBe(1);
        _bench.Time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public void Whatever_fails_and_in_whatever_order_things_happen_it_ends_as_declared()
    {
        foreach (var seed in Seeds.Take(40))
        {
            var bench = new LoopBench(seed);
            var random = bench.Scheduler.Random;
            bench.Start();
            bench.Api.Fault = call =>
            {
                var roll = random.Next(100);
                if (roll < 5 && !call.StartsWith("get", StringComparison.Ordinal)) throw ApiException.Of(500, "InternalError", $"fault {roll}");
            };
            for (var i = 0; i < 60; i++) Disturb(bench, random);

            bench.Api.Fault = static _ => { };
            bench.Do(bench.Api.ReleaseWatches);
            bench.Advance(TimeSpan.FromMinutes(20));
            try
            {
                ShouldBeAsDeclared(bench);
            }
            catch (ShouldAssertException e)
            {
                throw new SimulationFailedException(seed, bench.Scheduler.Steps, e);
            }
        }
    }

    private static void Disturb(LoopBench bench, Random random)
    {
        var name = $"c{random.Next(4)}";
        switch (random.Next(9))
        {
            case 0: bench.Do(bench.Api.HoldWatches); break;
            case 1: bench.Do(bench.Api.ReleaseWatches); break;
            case 2: bench.Do(() => bench.Api.EndWatches()); break;
            case 3: bench.Do(bench.Api.ForgetHistory); break;
            case 4: bench.Advance(TimeSpan.FromMilliseconds(random.Next(3000))); break;
            case 5 when bench.Stored(name) is { } stored:
                bench.Do(() => _ = bench.Api.DeleteAsync<Kip.Resources.Serving.Configuration>(stored.Key, default));
                break;
            default:
                try
                {
                    bench.Write(name, $"{random.Next(100)}");
                }
                catch (SimulationFailedException)
                {
                    // The fault hit the test's own write.
                }
                break;
        }
    }

    private static void ShouldBeAsDeclared(LoopBench bench)
    {
        foreach (var declared in bench.All<Kip.Resources.Serving.Configuration>())
        {
            var text = declared.Metadata.Annotations["text"];
            declared.Status.LatestReadyRevisionName.ShouldBe(text);
            bench.Children.Single(c => c.Metadata.OwnerReferences[0].Uid == declared.Metadata.Uid).Data["text"].ShouldBe(text);
        }
    }
}
