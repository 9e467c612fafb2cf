using Kip.Resources;
using Kip.Rules.Scaling;
using Kip.Rules.Scaling.Simulation;
using Shouldly;

namespace Kip.Tests.Scaling.Simulation;

public class TraceSimulationTests
{
    private static readonly SimulatedService Plain = new();

    private static SimulationResult Run(IReadOnlyList<TraceRequest> trace, SimulatedService service) =>
        ScalingSimulation.Run(trace, service, ScalingSimulation.HorizonOf(trace, service));

    private static SimulatedService With(params (string Key, string Value)[] annotations) =>
        Plain with { Annotations = StringMap.From(annotations.Select(static a => KeyValuePair.Create(AutoscalingKeys.Prefix + a.Key, a.Value))) };

    // So many requests a second, evenly, from a beginning for a while.
    private static IEnumerable<TraceRequest> Steady(double perSecond, double from, double seconds, TimeSpan? duration = null) =>
        Enumerable.Range(0, (int)(perSecond * seconds)).Select(i => new TraceRequest(TimeSpan.FromSeconds(from + (i / perSecond)), duration));

    [Fact]
    public void One_request_to_a_sleeping_service_waits_for_the_pod_to_start_which_goes_when_the_window_is_over()
    {
        var result = Run([new(TimeSpan.Zero)], Plain);

        result.ColdStarts.ShouldBe(1);
        result.ColdRequests.ShouldBe(1);
        result.Delays.ShouldBe([TimeSpan.FromMilliseconds(300)]);
        result.MostPods.ShouldBe(1);
        result.Samples[^1].Ready.ShouldBe(0);
        // A stable window of 60 s and a tick of at most 2 s, as in Knative.
        result.PodSeconds.ShouldBeInRange(60, 66);
        result.BusyPodSeconds.ShouldBe(0.1, 0.001);
    }

    [Fact]
    public void Min_scale_spares_the_cold_start_and_is_paid_for_all_the_time()
    {
        var result = Run([new(TimeSpan.Zero)], With(("min-scale", "2")));

        (result.ColdStarts, result.ColdRequests, result.MostPods).ShouldBe((0, 0, 2));
        result.Delay(1).ShouldBe(TimeSpan.Zero);
        result.PodSeconds.ShouldBe(2 * result.Horizon.TotalSeconds, 0.001);
    }

    [Fact]
    public void Pods_follow_the_load_as_the_formula_says_and_go_again()
    {
        // 50 requests a second of 200 ms are 10 at a time; at a target of 2, of which 70 % is aimed at, they need 8 pods.
        TraceRequest[] trace = [.. Steady(50, 0, 120, TimeSpan.FromMilliseconds(200))];

        var result = Run(trace, With(("target", "2"), ("window", "20s")));

        var settled = result.Samples.Where(static s => s.At > TimeSpan.FromSeconds(60) && s.At < TimeSpan.FromSeconds(118)).ToList();
        (settled.Count == 0 ? result.Samples.Last(static s => s.At < TimeSpan.FromSeconds(118)).Ready : settled.Max(static s => s.Ready)).ShouldBe(8);
        result.Samples[^1].Ready.ShouldBe(0);
        result.Delays.Count.ShouldBe(trace.Length);
    }

    [Fact]
    public void A_hard_limit_makes_requests_wait_and_max_scale_is_never_exceeded()
    {
        TraceRequest[] trace = [.. Steady(30, 0, 30, TimeSpan.FromMilliseconds(100))];

        var result = Run(trace, With(("max-scale", "2")) with { ContainerConcurrency = 1 });

        result.MostPods.ShouldBe(2);
        result.Samples.ShouldAllBe(static s => s.Wanted <= 2);
        // 2 pods do 20 a second: a third of the requests is still waiting when the last comes.
        result.Delay(1).ShouldBeInRange(TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(18));
    }

    [Fact]
    public void A_full_queue_refuses_and_a_wait_beyond_the_timeout_is_given_up()
    {
        TraceRequest[] trace = [.. Enumerable.Repeat(new TraceRequest(TimeSpan.Zero, TimeSpan.FromSeconds(1)), 20)];
        var service = With(("max-scale", "1")) with { ContainerConcurrency = 1, QueueDepth = 10, Timeout = TimeSpan.FromSeconds(5) };

        var result = Run(trace, service);

        result.Refused.ShouldBe(10);
        // The pod starts after 0.3 s and takes one a second; at 5 s the rest gives up.
        result.Delays.Count.ShouldBe(5);
        result.TimedOut.ShouldBe(5);
    }

    [Fact]
    public void Every_request_is_accounted_for_and_a_run_can_be_repeated()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            TraceRequest[] trace = [.. Enumerable.Range(0, random.Next(1, 400))
                .Select(_ => new TraceRequest(TimeSpan.FromSeconds(random.NextDouble() * random.Next(1, 120)), TimeSpan.FromMilliseconds(random.Next(1, 2000))))
                .OrderBy(static r => r.At)];
            var service = With(("min-scale", $"{random.Next(2)}"), ("max-scale", $"{random.Next(2, 6)}"), ("target", $"{random.Next(1, 20)}"),
                ("window", $"{random.Next(6, 30)}s")) with
            {
                ContainerConcurrency = random.Next(4), QueueDepth = random.Next(5, 200), PodStart = TimeSpan.FromMilliseconds(random.Next(3000)),
                Timeout = TimeSpan.FromSeconds(random.Next(1, 30)),
            };

            var result = Run(trace, service);

            (result.Delays.Count + result.Refused + result.TimedOut).ShouldBe(trace.Length, $"seed {seed}");
            result.Delay(1).ShouldBeLessThanOrEqualTo(service.Timeout, $"seed {seed}");
            var (min, max) = (
                int.Parse(service.Annotations["autoscaling.knative.dev/min-scale"]),
                int.Parse(service.Annotations["autoscaling.knative.dev/max-scale"]));
            result.Samples.ShouldAllBe(s => s.Wanted >= min && s.Wanted <= max && s.Ready <= max);
            result.Samples[^1].Ready.ShouldBe(min, $"seed {seed}: it comes to rest");
            result.BusyPodSeconds.ShouldBeLessThanOrEqualTo(result.PodSeconds);
            var again = Run(trace, service);
            (again.PodSeconds, again.PodsStarted, again.ColdRequests).ShouldBe((result.PodSeconds, result.PodsStarted, result.ColdRequests));
            again.Samples.ShouldBe(result.Samples);
        }
    }
}
