using Kip.Resources.Core;
using Kip.Resources.Planning;
using Shouldly;

namespace Kip.Tests.Client.Loop;

public class EventRecorderTests
{
    private readonly LoopBench _bench = new();

    [Fact]
    public void The_same_event_again_raises_the_count_of_the_first()
    {
        _bench.Start();
        Say("Created", "made child");
        _bench.Write("a", "one");
        _bench.Reconciler.Plans.ShouldBe(2);
        _bench.Advance(TimeSpan.FromSeconds(5));
        Look();

        var written = _bench.All<Event>().Single();
        written.Count.ShouldBe(3);
        written.Reason.ShouldBe("Created");
        written.Message.ShouldBe("made child");
        written.Type.ShouldBe("Normal");
        written.InvolvedObject.Name.ShouldBe("a");
        written.InvolvedObject.Uid.ShouldBe(_bench.Stored("a")!.Metadata.Uid);
        written.Source!.Component.ShouldBe("configuration-controller");
        (written.LastTimestamp - written.FirstTimestamp).ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void One_object_cannot_flood_the_events()
    {
        _bench.Start();
        _bench.Write("a", "one");
        var i = 0;
        _bench.Reconciler.Extra = key => [new Edit.Record(_bench.Stored("a")!, "Warning", "Noise", $"line {i++}")];
        for (var look = 0; look < 100; look++) Look();

        _bench.All<Event>().Count().ShouldBe(25);
        _bench.Advance(TimeSpan.FromMinutes(6));
        Look();
        _bench.All<Event>().Count().ShouldBe(26);
    }

    [Fact]
    public void An_event_that_was_deleted_meanwhile_begins_anew()
    {
        _bench.Start();
        Say("Created", "made child");
        _bench.Write("a", "one");
        foreach (var written in _bench.All<Event>().ToArray())
            _bench.Do(() => _ = _bench.Api.DeleteAsync(Event.Definition, written.Key, Kip.Resources.DeleteOptions.Default, default));

        Look();
        Look();

        _bench.All<Event>().Single().Count.ShouldBe(1);
        _bench.Logs.Lines.ShouldBeEmpty();
    }

    private void Say(string reason, string message) =>
        _bench.Reconciler.Extra = key => [new Edit.Record(_bench.Stored(key.Name)!, "Normal", reason, message)];

    private void Look() => _bench.Do(() => _bench.Host.Loops[0].Enqueue(new("default", "a")));
}
