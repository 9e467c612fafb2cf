using Kip.Rules.Eventing.Delivery;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.Eventing.Delivery;

public sealed class DeliveryQueueTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_cursor_stays_at_the_oldest_delivery_under_way()
    {
        var queue = new DeliveryQueue(1);
        var (first, second) = (queue.Begin(), queue.Begin());
        queue.Finish(second, DeliveryFate.Delivered);
        queue.Cursor.ShouldBe(1UL);
        queue.Counts.Delivered.ShouldBe(1);
        queue.Save().Counts.Total.ShouldBe(0);
        queue.Finish(first, DeliveryFate.Delivered);
        queue.Cursor.ShouldBe(3UL);
        queue.Save().ShouldBe(queue.Save() with { Start = 1, Cursor = 3, Counts = new() { Delivered = 2 } });
    }

    [Fact]
    public void A_retry_is_set_aside_and_holds_up_nothing()
    {
        var queue = new DeliveryQueue(1);
        var failing = queue.Begin();
        DeliveryQueue.CountAttempt(failing);
        queue.Retry(failing, Now.AddSeconds(5));
        queue.CanRead.ShouldBeTrue();
        queue.Finish(queue.Begin(), DeliveryFate.Delivered);
        queue.Cursor.ShouldBe(3UL);
        queue.Oldest.ShouldBe(1UL);
        queue.Save().Retrying.ShouldBe([new RetryingEvent(1, 1)]);
        queue.TakeDue(Now).ShouldBeNull();
        queue.TakeDue(Now.AddSeconds(5)).ShouldBe(failing);
        queue.Finish(failing, DeliveryFate.DeadLettered);
        queue.Oldest.ShouldBe(3UL);
        queue.Save().Counts.ShouldBe(new FateCounts { Delivered = 1, DeadLettered = 1 });
    }

    [Fact]
    public void Nothing_overtakes_a_retry_where_order_is_asked_for()
    {
        var queue = new DeliveryQueue(1) { Ordered = true };
        var failing = queue.Begin();
        queue.CanRead.ShouldBeFalse();
        queue.Retry(failing, Now.AddSeconds(5));
        queue.CanRead.ShouldBeFalse();
        queue.Finish(queue.TakeDue(Now.AddSeconds(5))!, DeliveryFate.Delivered);
        queue.CanRead.ShouldBeTrue();
    }

    [Fact]
    public void Too_many_retries_stop_the_reading()
    {
        var queue = new DeliveryQueue(1) { MaxWaiting = 2 };
        queue.Retry(queue.Begin(), Now);
        queue.CanRead.ShouldBeTrue();
        queue.Retry(queue.Begin(), Now);
        queue.CanRead.ShouldBeFalse();
        queue.Finish(queue.TakeDue(Now)!, DeliveryFate.Stored);
        queue.CanRead.ShouldBeTrue();
    }

    [Fact]
    public void Whatever_happens_every_offset_is_in_exactly_one_state_and_a_saved_state_forgets_none()
    {
        foreach (var seed in Seeds.Take(300)) Life(seed);
    }

    // A model beside it: which offsets have ended. What a saved state leaves out must be read again or be among its retries.
    private static void Life(int seed)
    {
        var random = new Random(seed);
        var queue = new DeliveryQueue(1) { Ordered = random.Next(4) == 0 };
        var (now, flying, ended) = (Now, new List<Kip.Rules.Eventing.Delivery.Delivery>(), new HashSet<ulong>());
        for (var step = 0; step < 300; step++)
        {
            now = now.AddSeconds(random.Next(3));
            switch (random.Next(6))
            {
                case 0 when queue.CanRead:
                    var count = (ulong)random.Next(1, 4);
                    for (var offset = queue.Next; offset < queue.Next + count; offset++) ended.Add(offset);
                    queue.Skip(count, (DeliveryFate)(random.Next(2) * 4));
                    break;
                case 1 or 2 when queue.CanRead:
                    flying.Add(queue.Begin());
                    break;
                case 3 when queue.TakeDue(now) is { } due:
                    flying.Add(due);
                    break;
                case 4 when flying.Count > 0:
                    var failed = Take(flying, random);
                    DeliveryQueue.CountAttempt(failed);
                    queue.Retry(failed, now.AddSeconds(random.Next(5)));
                    break;
                case 5 when flying.Count > 0:
                    var done = Take(flying, random);
                    ended.Add(done.Offset);
                    queue.Finish(done, (DeliveryFate)random.Next(1, 4));
                    break;
            }
            var context = $"{Seeds.Variable}={seed}, step {step}";
            (queue.Counts.Total + queue.InFlight + queue.Waiting).ShouldBe((long)(queue.Next - queue.Start), context);
            queue.Counts.Total.ShouldBe(ended.Count, context);
            var saved = queue.Save();
            (saved.Counts.Total + saved.Retrying.Length).ShouldBe((long)(saved.Cursor - saved.Start), context);
            for (var offset = saved.Start; offset < saved.Cursor; offset++)
                (ended.Contains(offset) || saved.Retrying.Any(r => r.Offset == offset)).ShouldBeTrue(context);
            if (random.Next(40) != 0) continue;
            // A crash: what is after the cursor is read again.
            queue = new DeliveryQueue(saved) { Ordered = queue.Ordered };
            flying.Clear();
            ended.RemoveWhere(offset => offset >= saved.Cursor || saved.Retrying.Any(r => r.Offset == offset));
        }
    }

    private static T Take<T>(List<T> list, Random random)
    {
        var at = random.Next(list.Count);
        var item = list[at];
        list.RemoveAt(at);
        return item;
    }
}
