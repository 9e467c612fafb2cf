using Kip.Log;
using Kip.Testing.Log;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.Log;

/// <summary>Lives of a log, one after another on the same disk: appends, failures, truncation, kills and power cuts, by chance.</summary>
public class RandomLivesTests
{
    [Fact]
    public async Task Through_any_life_acknowledged_records_stay_and_records_never_outlive_the_ones_before_them()
    {
        foreach (var seed in Seeds.Take(200, fresh: 50))
        {
            try
            {
                await Live(new Random(seed), new FaultyFiles(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{Seeds.Variable}={seed} repeats this", e);
            }
        }
    }

    private static async Task Live(Random random, FaultyFiles files)
    {
        ulong acknowledged = 0, truncatedBefore = 0;
        for (var life = 0; life < 8; life++)
        {
            var time = new ManualTimeProvider();
            var (log, flush) = Written.OpenHeld(files, Written.Inline(segmentBytes: random.Next(100, 3000)) with
            {
                Time = time,
                LazyFlush = TimeSpan.FromMilliseconds(random.Next(2) * 20),
                VerifyAll = random.Next(2) == 0,
            });
            var records = Written.All(log, payload: Written.Large);
            log.Recovered.Damaged.ShouldBeEmpty();
            records.SequenceEqual(Written.Range(log.FirstSequence, log.LastSequence)).ShouldBeTrue();
            log.LastSequence.ShouldBeGreaterThanOrEqualTo(acknowledged);
            log.FirstSequence.ShouldBeLessThanOrEqualTo(Math.Max(1, truncatedBefore));
            acknowledged = log.DurableSequence;

            using var follower = log.Read();
            var followed = follower.Next;
            for (var step = random.Next(60); step > 0; step--)
            {
                Step(random, files, log, flush);
                time.Advance(TimeSpan.FromMilliseconds(random.Next(100) < 90 ? random.Next(30) : 600));
                acknowledged.ShouldBeLessThanOrEqualTo(log.DurableSequence);
                acknowledged = log.DurableSequence;
                if (random.Next(10) == 0)
                {
                    truncatedBefore = Math.Max(truncatedBefore, Truncate(random, log));
                }

                followed = Follow(log, follower, followed);
            }

            files.Fault = null;
            if (random.Next(3) == 0)
            {
                var closing = log.DisposeAsync().AsTask();
                flush.Run();
                await closing;
                acknowledged = log.LastSequence;
            }

            files = random.Next(2) == 0 ? files.AfterKill() : files.AfterPowerCut();
        }
    }

    private static void Step(Random random, FaultyFiles files, DurableLog log, ManualFlush flush)
    {
        var failing = random.Next(5) == 0;
        files.Fault = _ => failing && random.Next(3) == 0 ? new IOException("by chance") : null;
        try
        {
            for (var count = random.Next(6); count > 0; count--)
            {
                log.Append(Written.Large(log.LastSequence + 1));
            }
        }
        catch (LogException)
        {
            // Refused while the disk fails.
        }

        if (random.Next(3) == 0)
        {
            // Somebody waits; what comes of it shows in what is on disk.
            _ = log.FlushedAsync(log.LastSequence).AsTask();
        }

        if (random.Next(3) > 0)
        {
            flush.Run();
        }
    }

    private static ulong Truncate(Random random, DurableLog log)
    {
        var before = log.FirstSequence + (ulong)random.Next(20);
        before = Math.Min(before, log.DurableSequence);
        try
        {
            log.TruncateFront(before);
        }
        catch (IOException)
        {
            // Some of it may be gone.
        }

        return before;
    }

    private static ulong Follow(DurableLog log, LogReader follower, ulong followed)
    {
        try
        {
            while (follower.TryRead(out var record))
            {
                record.Sequence.ShouldBe(followed);
                record.Payload.Span.SequenceEqual(Written.Large(record.Sequence)).ShouldBeTrue();
                record.Sequence.ShouldBeLessThanOrEqualTo(log.DurableSequence);
                followed++;
            }
        }
        catch (LogTruncatedException)
        {
            follower.Next.ShouldBeLessThan(log.FirstSequence);
        }

        return followed;
    }
}
