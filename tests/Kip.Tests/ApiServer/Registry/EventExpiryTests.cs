using Kip.Resources.Core;
using Kip.Testing.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class EventExpiryTests
{
    private readonly TestRegistry _registry = new TestRegistry(with: static o => o with { MaxEvents = 10 }).WithLoops();

    [Fact]
    public void An_event_goes_an_hour_after_it_was_last_written()
    {
        _registry.Create(Happened("old"));
        _registry.Create(Happened("repeated"));
        _registry.Advance(TimeSpan.FromMinutes(50));
        _registry.Modify<Event>("default", "repeated", e => e with { LastTimestamp = _registry.Time.GetUtcNow(), Count = 2 });

        _registry.Advance(TimeSpan.FromMinutes(11));

        _registry.List<Event>().Items.Select(static e => e.Metadata.Name).ShouldBe(["repeated"]);
    }

    [Fact]
    public void Of_too_many_the_oldest_go_without_waiting_for_the_hour()
    {
        for (var i = 0; i < 12; i++)
        {
            _registry.Create(Happened($"e{i:D2}"));
            _registry.Advance(TimeSpan.FromSeconds(1));
        }

        _registry.List<Event>().Items.Select(static e => e.Metadata.Name).ShouldBe(Enumerable.Range(2, 10).Select(static i => $"e{i:D2}"));
    }

    private static Event Happened(string name) => new() { Metadata = new() { Name = name, Namespace = "default" } };
}
