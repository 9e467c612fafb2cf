using System.Net;
using Kip.Testing.Eventing;
using Shouldly;

namespace Kip.Tests.Brokers;

public sealed class LifeTests
{
    [Fact]
    public async Task A_restart_goes_on_where_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("kip-events-").FullName;
        await using var sink = await EventSink.StartAsync();
        try
        {
            var first = await BrokerBed.StartAsync(folder: folder);
            await first.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("done", sink.Url.ToString()), EventingObjects.Trigger("behind", null));
            for (var i = 1; i <= 10; i++) (await first.SendAsync($"{i}")).Dispose();
            await first.UntilAsync("done", static a => a.GetProperty("delivered").GetInt64() == 10);
            await first.DisposeAsync();
            await sink.NextAsync(10);

            await using var second = await BrokerBed.StartAsync(first.Resources, folder);
            await second.PutAsync(EventingObjects.Trigger("behind", sink.Url.ToString()));
            (await sink.NextAsync(10)).Select(static e => int.Parse(e.Event.Id)).Order().ShouldBe(Enumerable.Range(1, 10));
            foreach (var trigger in new[] { "done", "behind" })
            {
                var account = await second.UntilAsync(trigger, static a => a.GetProperty("delivered").GetInt64() == 10);
                account.GetProperty("difference").GetInt64().ShouldBe(0);
            }
            sink.IsQuiet.ShouldBeTrue();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_deleted_broker_takes_its_events_with_it_and_a_new_one_of_its_name_begins_anew()
    {
        await using var bed = await BrokerBed.StartAsync();
        var broker = EventingObjects.Broker();
        await bed.PutAsync(broker);
        (await bed.SendAsync("1")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        Directory.GetDirectories(bed.Folder, "brokers.default.main.*").Length.ShouldBe(1);
        await bed.RemoveAsync(broker);
        (await bed.SendAsync("2")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Directory.GetDirectories(bed.Folder, "brokers.default.main.*").ShouldBeEmpty();
        await bed.PutAsync(broker with { Metadata = broker.Metadata with { Uid = "another" } });
        (await bed.SendAsync("3")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var topic = (await bed.AskAsync("topics")).GetProperty("topics").EnumerateArray().Single(static t => t.GetProperty("name").GetString() == "main");
        topic.GetProperty("last").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_broker_of_a_class_that_nobody_serves_takes_no_events()
    {
        await using var bed = await BrokerBed.StartAsync();
        var broker = EventingObjects.Broker();
        await bed.PutAsync(broker with
        {
            Metadata = broker.Metadata with { Annotations = Kip.Resources.StringMap.Of(("eventing.knative.dev/broker.class", "Kafka")) },
        });
        (await bed.SendAsync("1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_trigger_gets_what_comes_from_its_making_on()
    {
        await using var bed = await BrokerBed.StartAsync();
        await using var sink = await EventSink.StartAsync();
        await bed.PutAsync(EventingObjects.Broker());
        (await bed.SendAsync("before")).Dispose();
        await bed.PutAsync(EventingObjects.Trigger("t", sink.Url.ToString()));
        (await bed.SendAsync("after")).Dispose();
        (await sink.NextAsync()).Event.Id.ShouldBe("after");
        (await bed.AccountOfAsync("t")).GetProperty("accepted").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_changed_trigger_goes_on_where_it_was()
    {
        await using var bed = await BrokerBed.StartAsync();
        await using var first = await EventSink.StartAsync();
        await using var second = await EventSink.StartAsync();
        await bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("t", first.Url.ToString()));
        (await bed.SendAsync("1")).Dispose();
        await first.NextAsync();
        await bed.PutAsync(EventingObjects.Trigger("t", second.Url.ToString(), attributes: Kip.Resources.StringMap.Of(("type", "wanted"))));
        (await bed.SendAsync("2", type: "unwanted")).Dispose();
        (await bed.SendAsync("3", type: "wanted")).Dispose();
        (await second.NextAsync()).Event.Id.ShouldBe("3");
        var account = await bed.UntilAsync("t", static a => a.GetProperty("delivered").GetInt64() == 2);
        account.GetProperty("filtered").GetInt64().ShouldBe(1);
        account.GetProperty("difference").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task What_drains_gets_what_came_before_and_nothing_after()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bed = await BrokerBed.StartAsync();
        await using var sink = await EventSink.StartAsync((_, _) => gate.Task);
        var (broker, trigger) = (EventingObjects.Broker(), EventingObjects.Trigger("t", sink.Url.ToString()));
        await bed.PutAsync(broker, trigger);
        (await bed.SendAsync("before")).Dispose();
        bed.Broker.IsDrained("uid-t").ShouldBeFalse();

        await bed.PutAsync(trigger with { Metadata = trigger.Metadata with { DeletionTimestamp = EventingObjects.Created } });
        (await bed.SendAsync("after")).StatusCode.ShouldBe(HttpStatusCode.Accepted, "the Broker stays");
        bed.Broker.IsDrained("uid-t").ShouldBeFalse();
        gate.SetResult();
        (await sink.NextAsync()).Event.Id.ShouldBe("before");
        var account = await bed.UntilAsync("t", static a => a.GetProperty("delivered").GetInt64() == 1);
        account.GetProperty("difference").GetInt64().ShouldBe(0);
        bed.Broker.IsDrained("uid-t").ShouldBeTrue();

        bed.Broker.IsDrained("uid-main").ShouldBeFalse("it is not on its way out");
        await bed.PutAsync(broker with { Metadata = broker.Metadata with { DeletionTimestamp = EventingObjects.Created } });
        (await bed.SendAsync("refused")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        bed.Broker.IsDrained("uid-main").ShouldBeTrue();
        sink.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task A_full_log_drops_its_oldest_events_and_counts_them_or_refuses_new_ones_as_it_was_told()
    {
        await using var bed = await BrokerBed.StartAsync();
        await bed.PutAsync(
            EventingObjects.Broker("drops", annotations: ("kip.dev/retention-bytes", "8Mi")), EventingObjects.Trigger("drop", null, "drops"),
            EventingObjects.Broker("refuses", annotations: [("kip.dev/retention-bytes", "8Mi"), ("kip.dev/retention-when-full", "refuse")]),
            EventingObjects.Trigger("refuse", null, "refuses"));
        var body = new string('x', 1 << 20);
        for (var i = 0; i < 16; i++) (await bed.SendAsync($"{i}", broker: "drops", body: body)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        HttpResponseMessage refused;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            refused = await bed.SendAsync("x", broker: "refuses", body: body);
        }
        while (refused.StatusCode == HttpStatusCode.Accepted);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));

        await using var sink = await EventSink.StartAsync();
        await UntilRemovedAsync(bed, patience.Token);
        var told = await ToldAsync(bed, patience.Token);
        (told.Type, told.Reason, told.InvolvedObject.Kind, told.InvolvedObject.Name, told.InvolvedObject.Uid)
            .ShouldBe(("Warning", "EventsExpired", "Broker", "drops", "uid-drops"));
        told.Message!.ShouldContain("Events that default/drop had not had yet were removed");
        await bed.PutAsync(EventingObjects.Trigger("drop", sink.Url.ToString(), "drops"));
        var account = await bed.UntilAsync("drop", static a => a.GetProperty("unread").GetInt64() == 0 && a.GetProperty("inFlight").GetInt64() == 0);
        account.GetProperty("expired").GetInt64().ShouldBeGreaterThan(0);
        account.GetProperty("delivered").GetInt64().ShouldBeGreaterThan(0);
        account.GetProperty("difference").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Dead_letters_beyond_what_is_kept_go_the_oldest_first_and_are_told()
    {
        await using var bed = await BrokerBed.StartAsync(change: static options => options with { MaxDeadLetters = 3 });
        await using var sink = await EventSink.AnsweringAsync(static _ => 400);
        await bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("t", sink.Url.ToString(), annotations: ("kip.dev/delivery-order", "ordered")));
        for (var i = 1; i <= 5; i++) (await bed.SendAsync($"{i}")).Dispose();
        await bed.UntilAsync("t", static a => a.GetProperty("stored").GetInt64() == 5);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var told = await ToldAsync(bed, patience.Token);
        (told.Type, told.Reason, told.InvolvedObject.Name).ShouldBe(("Warning", "DeadLettersDropped", "main"));
        told.Message!.ShouldContain("Dead letters of default/t were removed, the oldest first");
        var topic = (await bed.AskAsync("topics")).GetProperty("topics").EnumerateArray().Single(static t => t.GetProperty("name").GetString() == "main");
        (topic.GetProperty("deadLetters").GetInt64(), topic.GetProperty("deadLettersDropped").GetInt64()).ShouldBe((3, 2));
    }

    private static async Task<Kip.Resources.Core.Event> ToldAsync(BrokerBed bed, CancellationToken patience)
    {
        while (true)
        {
            if ((await bed.Resources.ListAsync(
                Kip.Resources.Core.Event.Definition, Kip.Client.ListOptions.All, patience)).Items is [Kip.Resources.Core.Event told, ..])
                return told;
            await Task.Delay(20, patience);
        }
    }

    private static async Task UntilRemovedAsync(BrokerBed bed, CancellationToken patience)
    {
        while ((await bed.AskAsync("topics")).GetProperty("topics").EnumerateArray().Single(
            static t => t.GetProperty("name").GetString() == "drops").GetProperty("removedUnfinished").GetInt64() == 0)
        {
            patience.ThrowIfCancellationRequested();
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
