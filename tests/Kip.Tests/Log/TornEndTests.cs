using Kip.Log;
using Kip.Testing.Log;
using Shouldly;

namespace Kip.Tests.Log;

public class TornEndTests
{
    private const string First = "00000000000000000001.log";

    [Fact]
    public async Task Cut_at_any_byte_every_record_wholly_before_the_cut_is_kept_and_the_rest_is_reported()
    {
        var (files, ends) = await Log(batches: [1, 3, 1, 4]);
        var content = files.Content(First);
        for (var length = 0; length <= content.Length; length++)
        {
            var cut = new FaultyFiles(length);
            cut.Put(First, content[..length]);
            var kept = (ulong)ends.Count(e => e <= length);

            await using var log = DurableLog.Open(cut, Written.Inline());

            Written.All(log).ShouldBe(Written.Range(1, kept), $"cut at {length}");
            log.Recovered.Last.ShouldBe(kept);
            log.Recovered.Damaged.ShouldBeEmpty();
            if (length == content.Length)
            {
                log.Recovered.Clean.ShouldBeTrue();
                log.Recovered.TornBytes.ShouldBe(0);
            }
            else if (kept > 0)
            {
                log.Recovered.TornBytes.ShouldBe(length - ends[(int)kept - 1]);
            }

            Written.Append(log, 2);
            Written.All(log).ShouldBe(Written.Range(1, kept + 2), $"appended after a cut at {length}");
        }
    }

    [Fact]
    public async Task A_torn_batch_does_not_outlive_its_own_beginning()
    {
        // The disk wrote the end of an unacknowledged batch before its beginning, and the power went.
        var (files, ends) = await Log(batches: [2, 3]);
        var torn = new FaultyFiles(1);
        var content = files.Content(First)[..ends[^1]];
        content.AsSpan(ends[1], 10).Clear();
        torn.Put(First, content);

        var (report, records) = await Written.Reopen(torn);

        records.ShouldBe([1, 2]);
        report.Damaged.ShouldBeEmpty();
        report.TornRecords.ShouldBe(2);
        report.TornBytes.ShouldBe(ends[^1] - ends[1]);
    }

    [Fact]
    public async Task What_an_earlier_crash_left_behind_never_comes_back()
    {
        var (whole, ends) = await Log(batches: [2, 3]);
        var content = whole.Content(First)[..ends[^1]];
        content.AsSpan(ends[1], 10).Clear();
        for (var seed = 0; seed < 40; seed++)
        {
            var files = new FaultyFiles(seed);
            files.Put(First, content);
            var log = DurableLog.Open(files, Written.Inline());
            // The mark would cover what was left behind; it fails, having written nothing or a part.
            files.Fault = o => o.Kind == FileOperationKind.Write && o.Bytes == 24 ? new IOException("no mark") : null;
            log.Append(Written.Payload(3));

            (await Written.Reopen(files.AfterKill())).Records.ShouldBe([1, 2, 3]);
        }
    }

    [Fact]
    public async Task A_batch_whose_writer_died_before_its_fsync_is_on_disk_before_it_is_served()
    {
        var files = new FaultyFiles(3);
        var (log, flush) = Written.OpenHeld(files);
        Written.Append(log, 2);
        flush.Run();
        Written.Append(log, 2);
        // The fsync fails: the kernel drops the pages and calls them clean. Then the process dies.
        files.Fault = o => o.Kind == FileOperationKind.Sync ? new IOException("gone") : null;
        flush.Run();
        var found = files.AfterKill();

        await using var again = DurableLog.Open(found, Written.Inline());
        var served = Written.All(again);
        served.ShouldBe([1, 2, 3, 4]);

        for (var i = 0; i < 20; i++)
        {
            (await Written.Reopen(found.AfterPowerCut())).Records.ShouldBe(served);
        }
    }

    // One segment with batches of these sizes; where each record ends.
    private static async Task<(FaultyFiles Files, List<int> Ends)> Log(int[] batches)
    {
        var files = new FaultyFiles(1);
        var (log, flush) = Written.OpenHeld(files);
        var ends = new List<int>();
        var end = 80;
        foreach (var size in batches)
        {
            Written.Append(log, size);
            flush.Run();
            while ((ulong)ends.Count < log.LastSequence)
            {
                end += 24 + Written.Payload((ulong)ends.Count + 1).Length;
                ends.Add(end);
            }
        }

        var closing = log.DisposeAsync().AsTask();
        flush.Run();
        await closing;
        return (files, ends);
    }
}
