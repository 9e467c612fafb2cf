using Kip.Resources;
using Kip.Resources.Flows;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Conformance.Eventing;

/// <summary>Sequences and Parallels.</summary>
public static class FlowCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("eventing/flows/sequence", "Events pass all steps in order, and the last reply comes out", "TestSequence", SequenceAsync),
        new("eventing/flows/sequence-ends", "A step that answers with no event ends the sequence for that event", "Knative Eventing, Sequence", EndsAsync),
        new("eventing/flows/sequence-changes", "Steps can be added and removed", "Knative Eventing, Sequence", ChangesAsync),
        new("eventing/flows/parallel", "Of two branches the one whose filter answers is taken", "TestParallel", ParallelAsync),
        new(
            "eventing/flows/parallel-no-filter", "A branch without a filter takes every event, and may have a reply of its own",
            "Parallel smoke tests", NoFilterAsync),
    ];

    private static async Task SequenceAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await SequenceAsync(
            target, $"{hub.At("one", "reply=t1&append=-one")}, {hub.At("two", "reply=t2&append=-two")}, {hub.At("three", "reply=t3&append=-three")}",
            $"reply: {hub.At("end")}");
        await target.SendEventAsync(url, body: "begin");
        var came = (await hub.WaitAsync("end"))[0];
        Expect.Equal("begin-one-two-three", came.Body);
        Expect.Equal("t3", came.Attribute("type"));
    }

    private static async Task EndsAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await SequenceAsync(target, $"{hub.At("one")}, {hub.At("two")}", "");
        await target.SendEventAsync(url);
        await hub.WaitAsync("one");
        await hub.NothingAsync("two");
    }

    private static async Task ChangesAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        await SequenceAsync(target, hub.At("one", "reply=t1&append=-one"), $"reply: {hub.At("end")}");
        var url = await SequenceAsync(target, $"{hub.At("one", "reply=t1&append=-one")}, {hub.At("two", "reply=t2&append=-two")}", $"reply: {hub.At("end")}");
        await target.SendEventAsync(url, body: "begin");
        Expect.Equal("begin-one-two", (await hub.WaitAsync("end"))[0].Body);
    }

    private static async Task ParallelAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await ParallelAsync(
            target,
            $"{{ filter: {hub.At("yes", "reply=passed")}, subscriber: {hub.At("a", "reply=done&append=-a")} }}, {{ filter: {hub.At("no")}, "
            + $"subscriber: {hub.At("b", "reply=done&append=-b")} }}",
            $"reply: {hub.At("end")}");
        await target.SendEventAsync(url, body: "begin");
        Expect.Equal("begin-a", (await hub.WaitAsync("end"))[0].Body);
        await hub.WaitAsync("no");
        await hub.NothingAsync("b");
    }

    private static async Task NoFilterAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await ParallelAsync(target, $"{{ subscriber: {hub.At("a", "reply=done")}, reply: {hub.At("own")} }}", $"reply: {hub.At("end")}");
        await target.SendEventAsync(url);
        await hub.WaitAsync("own");
        await hub.NothingAsync("end");
    }

    private static async Task<string> SequenceAsync(ConformanceTarget target, string steps, string more)
    {
        var applied = await target.ApplyAsync<Sequence>(
            $"apiVersion: flows.knative.dev/v1\nkind: Sequence\nmetadata: {{ name: f }}\nspec: {{ steps: [{steps}], {more} }}\n");
        var ready = await target.WaitAsync<Sequence>(
            "f", s => s.Status.ObservedGeneration >= applied.Metadata.Generation && s.Status.Conditions.IsTrue("Ready"), "Ready");
        return Expect.Present(ready.Status.Address?.Url);
    }

    private static async Task<string> ParallelAsync(ConformanceTarget target, string branches, string more)
    {
        await target.ApplyAsync($"apiVersion: flows.knative.dev/v1\nkind: Parallel\nmetadata: {{ name: f }}\nspec: {{ branches: [{branches}], {more} }}\n");
        var ready = await target.WaitAsync<Parallel>("f", static p => p.Status.Conditions.IsTrue("Ready"), "Ready");
        return Expect.Present(ready.Status.Address?.Url);
    }
}
