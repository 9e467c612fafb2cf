using Kip.Log;
using Kip.Log.Files;
using Kip.Testing.Log;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.Log;

public class FailingDiskTests
{
    // Every operation of a life with appends, new segments and truncation fails once; afterwards the power is cut, or it goes on.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whichever_operation_fails_nothing_acknowledged_is_lost(bool powerCut)
    {
        var failAt = 0;
        bool reached;
        do
        {
            failAt++;
            var files = new FaultyFiles(failAt);
            files.Fault = o => o.Number == failAt ? new IOException("no luck") : null;
            var (log, flush) = Written.OpenHeld(files, Written.Inline(segmentBytes: 200));
            var acknowledged = await Live(log, flush);
            reached = files.Operations >= failAt;
            if (!powerCut)
            {
                log.TruncateFront(0); // tries again
                flush.Run();
                log.DurableSequence.ShouldBe(log.LastSequence, $"operation {failAt}: what was accepted is written once the disk works");
                Written.All(log).ShouldBe(Written.Range(log.FirstSequence, log.LastSequence));
            }

            var (report, records) = await Written.Reopen(powerCut ? files.AfterPowerCut() : files.AfterKill(), Written.Inline(200));
            report.Damaged.ShouldBeEmpty($"operation {failAt}");
            records.ShouldBe(Written.Range(report.First, report.Last), $"operation {failAt}");
            report.Last.ShouldBeGreaterThanOrEqualTo(acknowledged, $"operation {failAt}");
        }
        while (reached);
        failAt.ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task Waiters_are_told_that_the_disk_is_full_and_appending_works_again_once_there_is_space()
    {
        var time = new ManualTimeProvider();
        var files = new FaultyFiles(1) { Capacity = 700 };
        var (log, flush) = Written.OpenHeld(files, Written.Inline() with { Time = time });
        var acknowledged = 0UL;
        LogFullException? full = null;
        while (full is null)
        {
            var waiting = log.AppendDurableAsync(Written.Payload(log.LastSequence + 1)).AsTask();
            flush.Run();
            full = (await Record.ExceptionAsync(() => waiting)) as LogFullException;
            acknowledged = full is null ? await waiting : acknowledged;
        }

        full.Message.ShouldContain("full");
        Should.Throw<LogFullException>(() => log.Append([1]), "while it is full nothing is taken");
        await Should.ThrowAsync<LogFullException>(log.FlushedAsync(acknowledged + 1).AsTask());
        await log.FlushedAsync(acknowledged);
        log.LastSequence.ShouldBe(acknowledged + 1);

        time.Advance(TimeSpan.FromSeconds(1));
        flush.Run();
        Should.Throw<LogFullException>(() => log.Append([1]), "a try does not help before there is space");

        (await Written.Reopen(files.AfterPowerCut())).Records.Count.ShouldBeGreaterThanOrEqualTo((int)acknowledged);

        files.Capacity = long.MaxValue;
        time.Advance(TimeSpan.FromSeconds(1));
        flush.Run();
        await log.FlushedAsync(acknowledged + 1);
        Written.Append(log, 3);
        flush.Run();
        Written.All(log).ShouldBe(Written.Range(1, acknowledged + 4));
    }

    [Fact]
    public async Task Truncating_the_front_of_a_full_disk_lets_the_log_go_on_at_once()
    {
        var files = new FaultyFiles(1) { Capacity = 2000 };
        await using var log = DurableLog.Open(files, Written.Inline(segmentBytes: 500) with { Time = new ManualTimeProvider() });
        await Should.ThrowAsync<LogFullException>(async () =>
        {
            while (true)
            {
                await log.AppendDurableAsync(Written.Payload(log.LastSequence + 1));
            }
        });
        log.TruncateFront(log.DurableSequence);
        log.DurableSequence.ShouldBe(log.LastSequence);
        Written.Append(log, 1);
        log.DurableSequence.ShouldBe(log.LastSequence);
    }

    [Fact]
    public async Task A_failed_fsync_is_never_believed_when_the_next_one_succeeds()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var files = new FaultyFiles(seed);
            var (log, flush) = Written.OpenHeld(files);
            Written.Append(log, 3);
            flush.Run();
            Written.Append(log, 40);
            var failures = 0;
            files.Fault = o => o.Kind == FileOperationKind.Sync && failures++ < 2 ? new IOException("write-back failed") : null;
            flush.Run();
            for (var i = 0; i < 3; i++)
            {
                log.TruncateFront(0); // tries again
                flush.Run();
            }

            await log.FlushedAsync(43);
            Written.All(log).ShouldBe(Written.Range(1, 43));
            var (report, records) = await Written.Reopen(files.AfterPowerCut());
            records.ShouldBe(Written.Range(1, 43), $"seed {seed}");
            report.Damaged.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_segment_that_cannot_be_synced_is_left_for_a_new_one()
    {
        var files = new FaultyFiles(1);
        var (log, flush) = Written.OpenHeld(files);
        Written.Append(log, 3);
        flush.Run();
        var bad = files.List().Single();
        files.Fault = o => o.Kind == FileOperationKind.Sync && o.Name == bad ? new IOException("bad blocks") : null;
        Written.Append(log, 2);
        flush.Run();
        log.DurableSequence.ShouldBe(3UL);

        log.TruncateFront(0); // tries again
        flush.Run();

        log.DurableSequence.ShouldBe(5UL);
        Written.Append(log, 2);
        flush.Run();
        Written.All(log).ShouldBe(Written.Range(1, 7));
        (await Written.Reopen(files.AfterPowerCut())).Records.ShouldBe(Written.Range(1, 7));
    }

    [Fact]
    public async Task Who_waits_for_the_batch_behind_a_failed_one_is_told_too()
    {
        var files = new FaultyFiles(1);
        var (log, flush) = Written.OpenHeld(files);
        Task? behind = null;
        files.Fault = o =>
        {
            if (o.Kind != FileOperationKind.Sync)
            {
                return null;
            }

            behind ??= log.AppendDurableAsync(Written.Payload(2)).AsTask();
            return new IOException("dead");
        };
        var first = log.AppendDurableAsync(Written.Payload(1)).AsTask();
        flush.Run();
        await Should.ThrowAsync<LogWriteException>(first);
        await Should.ThrowAsync<LogWriteException>(behind!.WaitAsync(TimeSpan.FromSeconds(60)));

        files.Fault = null;
        log.TruncateFront(0); // tries again
        flush.Run();
        Written.All(log).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Closing_on_a_failing_disk_says_what_is_lost()
    {
        var files = new FaultyFiles(1);
        var log = DurableLog.Open(files, Written.Inline());
        log.Append(Written.Payload(1));
        files.Fault = o => o.Kind is FileOperationKind.Write ? new IOException("dead") : null;
        log.Append(Written.Payload(2));
        (await Should.ThrowAsync<LogWriteException>(log.DisposeAsync().AsTask())).Message.ShouldContain("dead");
        (await Written.Reopen(files.AfterPowerCut())).Records.ShouldContain(1UL);
    }

    [Fact]
    public async Task A_sector_that_cannot_be_read_costs_the_records_in_it()
    {
        var files = new FaultyFiles(1);
        await using (var log = DurableLog.Open(files, Written.Inline()))
        {
            Written.Append(log, 1000);
        }

        await using var again = DurableLog.Open(new BadSector(files, 8192, 12288), Written.Inline());
        again.Recovered.Damaged.Sum(d => d.Bytes).ShouldBeInRange(4096, 4096 + (2 * 85));
        Written.All(again).ShouldBe(Written.Range(1, 1000).Except(again.Recovered.Damaged.SelectMany(d => Written.Range(d.First, d.Last))));
    }

    // Appends, some waited for, over several segments, with the front truncated now and then. Gives the newest acknowledged.
    private static async Task<ulong> Live(DurableLog log, ManualFlush flush)
    {
        var acknowledged = 0UL;
        for (var round = 0; round < 12; round++)
        {
            try
            {
                Written.Append(log, 3);
                flush.Run();
                await log.FlushedAsync(log.LastSequence);
                acknowledged = log.LastSequence;
                if (round % 4 == 3)
                {
                    log.TruncateFront(acknowledged - 6);
                }
            }
            catch (Exception e) when (e is LogException or IOException)
            {
                // Told; nothing to do about it here.
            }
        }

        return acknowledged;
    }

    private sealed class BadSector(FaultyFiles inner, long from, long to) : ILogFiles
    {
        public string Name => inner.Name;

        public IDisposable Lock() => inner.Lock();

        public IReadOnlyList<string> List() => inner.List();

        public ILogFile Create(string name) => inner.Create(name);

        public ILogFile Open(string name) => new File(inner.Open(name), from, to);

        public void Delete(string name) => inner.Delete(name);

        public void Rename(string a, string b) => inner.Rename(a, b);

        public void SyncNames() => inner.SyncNames();

        private sealed class File(ILogFile inner, long from, long to) : ILogFile
        {
            public long Length => inner.Length;

            public int Read(Span<byte> into, long offset) => offset < to && offset + into.Length > from
                ? throw new IOException("Input/output error")
                : inner.Read(into, offset);

            public void Write(ReadOnlySpan<byte> bytes, long offset) => inner.Write(bytes, offset);

            public void Truncate(long length) => inner.Truncate(length);

            public void Sync() => inner.Sync();

            public void Dispose() => inner.Dispose();
        }
    }
}
