using Kip.Log;
using Kip.Testing.Log;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.Log;

public class AppendAndReadTests
{
    [Fact]
    public async Task Sequences_begin_at_1_and_leave_nothing_out_also_after_reopening()
    {
        var files = new FaultyFiles(1);
        await using (var log = DurableLog.Open(files, Written.Inline()))
        {
            log.FirstSequence.ShouldBe(1UL);
            log.LastSequence.ShouldBe(0UL);
            log.Append(Written.Payload(1)).ShouldBe(1UL);
            log.Append(Written.Payload(2)).ShouldBe(2UL);
        }

        await using (var log = DurableLog.Open(files, Written.Inline()))
        {
            log.Recovered.ShouldBe(new RecoveryReport { First = 1, Last = 2, Clean = true });
            log.Append(Written.Payload(3)).ShouldBe(3UL);
            Written.All(log).ShouldBe([1, 2, 3]);
            Written.All(log, from: 3).ShouldBe([3]);
        }
    }

    [Fact]
    public async Task All_that_waits_goes_to_the_disk_with_one_fsync()
    {
        var files = new FaultyFiles(1);
        var (log, flush) = Written.OpenHeld(files);
        log.Append([1]);
        flush.Run();
        var before = (files.Syncs, files.Operations);

        var waiters = Enumerable.Range(0, 100).Select(i => log.AppendDurableAsync(new byte[] { (byte)i }).AsTask()).ToArray();
        waiters.ShouldAllBe(w => !w.IsCompleted);
        flush.Run();
        await Task.WhenAll(waiters);

        files.Syncs.ShouldBe(before.Syncs + 1);
        (files.Operations - before.Operations).ShouldBe(3, "one write, one fsync, and the mark's write");
        waiters.Select(w => w.Result).ShouldBe(Written.Range(2, 101));
    }

    [Fact]
    public async Task A_record_that_nobody_waits_for_goes_along_with_the_next_that_is_waited_for()
    {
        var files = new FaultyFiles(1);
        var (log, flush) = Written.OpenHeld(files, Written.Inline() with { LazyFlush = TimeSpan.FromMilliseconds(20), Time = new ManualTimeProvider() });
        log.Append(Written.Payload(1));
        log.Append(Written.Payload(2));
        flush.Waiting.ShouldBeFalse();

        var waiting = log.AppendDurableAsync(Written.Payload(3)).AsTask();
        log.Append(Written.Payload(4));
        flush.Run();

        await waiting;
        log.DurableSequence.ShouldBe(4UL);
        files.Syncs.ShouldBe(1);
    }

    [Fact]
    public async Task A_record_that_nobody_waits_for_is_written_after_a_while_all_the_same()
    {
        var time = new ManualTimeProvider();
        var (log, flush) = Written.OpenHeld(new FaultyFiles(1), Written.Inline() with { LazyFlush = TimeSpan.FromMilliseconds(20), Time = time });
        for (var round = 1UL; round <= 3; round++)
        {
            var durable = log.DurableSequence;
            Written.Append(log, 2);
            time.Advance(TimeSpan.FromMilliseconds(19));
            flush.Run();
            log.DurableSequence.ShouldBe(durable);
            time.Advance(TimeSpan.FromMilliseconds(1));
            flush.Run();
            log.DurableSequence.ShouldBe(durable + 2);
        }

        await log.FlushedAsync(6);
        Written.All(log).ShouldBe(Written.Range(1, 6));
    }

    [Fact]
    public async Task What_nobody_waits_for_does_not_keep_the_disk_busy_while_a_batch_is_written()
    {
        var files = new FaultyFiles(1);
        var time = new ManualTimeProvider();
        var (log, flush) = Written.OpenHeld(files, Written.Inline() with { LazyFlush = TimeSpan.FromMilliseconds(20), Time = time });
        // While the first batch is being synced, a record comes that nobody waits for.
        files.Fault = o =>
        {
            if (o.Kind == FileOperationKind.Sync && log.LastSequence == 1)
            {
                Written.Append(log, 1);
            }

            return null;
        };
        var waiting = log.AppendDurableAsync(Written.Payload(1)).AsTask();
        flush.Run();
        await waiting;
        log.DurableSequence.ShouldBe(1UL);
        flush.Waiting.ShouldBeFalse();

        time.Advance(TimeSpan.FromMilliseconds(20));
        flush.Run();
        log.DurableSequence.ShouldBe(2UL);
    }

    [Fact]
    public void Much_that_nobody_waits_for_is_written_without_delay()
    {
        var (log, flush) = Written.OpenHeld(
            new FaultyFiles(1), Written.Inline() with { LazyFlush = TimeSpan.FromMilliseconds(20), Time = new ManualTimeProvider() });
        log.Append(new byte[2 << 20]);
        flush.Run();
        log.DurableSequence.ShouldBe(1UL);
    }

    [Fact]
    public async Task Whether_the_log_was_closed_is_told_at_the_next_opening_and_only_then()
    {
        var files = new FaultyFiles(1);
        var (log, flush) = Written.OpenHeld(files);
        Written.Append(log, 2);
        flush.Run();
        (await Written.Reopen(files.AfterKill())).Report.Clean.ShouldBeFalse("it was killed while it had nothing to do");

        var closed = files.AfterKill();
        (await Written.Reopen(closed)).Report.Clean.ShouldBeTrue("the opening before has closed it");
        DurableLog.Open(closed, Written.Inline());
        for (var i = 0; i < 20; i++)
        {
            (await Written.Reopen(closed.AfterPowerCut())).Report.Clean.ShouldBeFalse("it was open when the power went");
        }
    }

    [Fact]
    public async Task Readers_see_a_record_only_once_it_is_on_disk()
    {
        var (log, flush) = Written.OpenHeld(new FaultyFiles(1));
        using var reader = log.Read();
        log.Append(Written.Payload(1));
        reader.TryRead(out _).ShouldBeFalse();
        var waiting = reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
        waiting.IsCompleted.ShouldBeFalse();

        flush.Run();

        (await waiting).ShouldBeTrue();
        reader.TryRead(out var record).ShouldBeTrue();
        record.Sequence.ShouldBe(1UL);
        reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_following_reader_goes_from_segment_to_segment_and_ends_when_the_log_is_closed()
    {
        var log = DurableLog.Open(new FaultyFiles(1), Written.Inline(segmentBytes: 500));
        var seen = new List<ulong>();
        var middle = new TaskCompletionSource();
        var following = Follow();
        Written.Append(log, 50);
        await middle.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Written.Append(log, 50);
        await log.DisposeAsync();
        await following.WaitAsync(TimeSpan.FromSeconds(60));
        seen.ShouldBe(Written.Range(1, 100));

        async Task Follow()
        {
            using var reader = log.Read();
            await foreach (var record in reader.FollowAsync(TestContext.Current.CancellationToken))
            {
                record.Payload.ToArray().ShouldBe(Written.Payload(record.Sequence));
                seen.Add(record.Sequence);
                if (record.Sequence == 50)
                {
                    middle.SetResult();
                }
            }
        }
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_and_leaves_the_record()
    {
        var (log, flush) = Written.OpenHeld(new FaultyFiles(1));
        using var gone = new CancellationTokenSource();
        var waiting = log.AppendDurableAsync(Written.Payload(1), gone.Token).AsTask();
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        flush.Run();
        Written.All(log).ShouldBe([1]);
    }

    [Fact]
    public async Task Many_threads_on_a_real_disk_get_their_own_records_back()
    {
        var folder = Directory.CreateTempSubdirectory("kip-log-").FullName;
        try
        {
            var mine = new Dictionary<ulong, int>();
            await using (var log = DurableLog.Open(folder, new() { SegmentBytes = 64 << 10 }))
            {
                await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
                {
                    await Task.Yield();
                    for (var i = 0; i < 100; i++)
                    {
                        var value = (writer * 1000) + i;
                        var sequence = await log.AppendDurableAsync(BitConverter.GetBytes(value));
                        lock (mine)
                        {
                            mine.Add(sequence, value);
                        }
                    }
                }));
            }

            await using var again = DurableLog.Open(folder);
            again.Recovered.Clean.ShouldBeTrue();
            using var reader = again.Read();
            var read = new Dictionary<ulong, int>();
            while (reader.TryRead(out var record))
            {
                read.Add(record.Sequence, BitConverter.ToInt32(record.Payload.Span));
            }

            read.OrderBy(r => r.Key).ShouldBe(mine.OrderBy(m => m.Key));
            read.Count.ShouldBe(1600);
            ((int)new FileInfo(Directory.GetFiles(folder, "*.log")[0]).UnixFileMode).ShouldBe(0b110_000_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_record_of_two_pieces_is_read_as_one()
    {
        await using var log = DurableLog.Open(new FaultyFiles(1), Written.Inline());
        log.Append([1, 2], [3]);
        using var reader = log.Read();
        reader.TryRead(out var record).ShouldBeTrue();
        record.Payload.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Records_from_empty_to_the_limit_are_taken_and_larger_ones_refused()
    {
        var files = new FaultyFiles(1);
        await using var log = DurableLog.Open(files, Written.Inline() with { MaxRecordBytes = 300_000, MaxUnflushedBytes = 400_000 });
        log.Append([]);
        log.Append(new byte[300_000]);
        Should.Throw<RecordTooLargeException>(() => log.Append(new byte[300_001]));
        log.Append([7]);

        using var reader = log.Read();
        var sizes = new List<int>();
        while (reader.TryRead(out var record))
        {
            sizes.Add(record.Payload.Length);
        }

        sizes.ShouldBe([0, 300_000, 1]);
    }

    [Fact]
    public void What_waits_for_the_disk_has_a_limit_and_beyond_it_appends_are_refused_untaken()
    {
        var (log, flush) = Written.OpenHeld(new FaultyFiles(1), Written.Inline() with { MaxRecordBytes = 100, MaxUnflushedBytes = 1000 });
        while (log.LastSequence < 8)
        {
            log.Append(new byte[100]);
        }

        Should.Throw<LogBusyException>(() => log.Append(new byte[100]));
        log.LastSequence.ShouldBe(8UL);
        flush.Run();
        log.Append(new byte[100]).ShouldBe(9UL);
    }

    [Fact]
    public async Task A_closed_log_refuses_appends_and_can_be_closed_again()
    {
        var log = DurableLog.Open(new FaultyFiles(1), Written.Inline());
        await log.DisposeAsync();
        await log.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => log.Append([1]));
    }

    [Fact]
    public async Task Closing_writes_what_was_accepted()
    {
        var files = new FaultyFiles(1);
        var (log, flush) = Written.OpenHeld(files);
        Written.Append(log, 3);
        var closing = log.DisposeAsync().AsTask();
        flush.Run();
        await closing;
        (await Written.Reopen(files)).Records.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_folder_has_one_log_at_a_time()
    {
        var folder = Directory.CreateTempSubdirectory("kip-log-").FullName;
        try
        {
            await using (DurableLog.Open(folder))
            {
                Should.Throw<LogInUseException>(() => DurableLog.Open(folder)).Message.ShouldContain(folder);
            }

            await using var after = DurableLog.Open(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
