using Kip.Log;
using Kip.Testing.Log;
using Shouldly;

namespace Kip.Tests.Log;

public class TruncateFrontTests
{
    [Fact]
    public async Task Whole_segments_before_the_sequence_go_and_no_record_from_it_on()
    {
        for (var before = 0UL; before < 60; before++)
        {
            var files = new FaultyFiles(1);
            await using var log = DurableLog.Open(files, Written.Inline(segmentBytes: 300));
            Written.Append(log, 50);
            var segments = files.List().Count;

            log.TruncateFront(before);

            log.FirstSequence.ShouldBeLessThanOrEqualTo(Math.Max(1, before));
            Written.All(log).ShouldBe(Written.Range(log.FirstSequence, 50));
            if (before >= 50)
            {
                files.List().Count.ShouldBe(1, "the newest segment stays");
                segments.ShouldBeGreaterThan(5);
            }

            var (report, records) = await Written.Reopen(files.AfterPowerCut());
            records.ShouldBe(Written.Range(log.FirstSequence, 50));
            report.Damaged.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_reader_behind_the_front_is_told_where_the_log_begins()
    {
        await using var log = DurableLog.Open(new FaultyFiles(1), Written.Inline(segmentBytes: 300));
        Written.Append(log, 50);
        using var slow = log.Read();
        slow.TryRead(out _).ShouldBeTrue();

        log.TruncateFront(40);

        var told = Should.Throw<LogTruncatedException>(() =>
        {
            while (slow.TryRead(out _))
            {
            }
        });
        told.First.ShouldBe(log.FirstSequence);
        slow.Next.ShouldBeLessThan(log.FirstSequence);
        Should.Throw<LogTruncatedException>(() => log.Read(from: 1));
    }
}
