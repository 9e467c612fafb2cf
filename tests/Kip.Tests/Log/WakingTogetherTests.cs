using Kip.Log;
using Kip.Testing.Log;
using Shouldly;

namespace Kip.Tests.Log;

public sealed class WakingTogetherTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task All_who_wait_go_on_and_may_append_again_while_the_others_are_being_woken()
    {
        await using var log = DurableLog.Open(new FaultyFiles(1), new LogOptions { WakesTogether = true });
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AppendAsync(log, 20))).WaitAsync(Deadline);
        log.DurableSequence.ShouldBe(1000UL);
        using var reader = log.Read();
        for (var sequence = 1UL; sequence <= 1000; sequence++)
        {
            reader.TryRead(out var record).ShouldBeTrue();
            record.Sequence.ShouldBe(sequence);
        }
    }

    [Fact]
    public async Task All_who_wait_are_told_that_the_disk_refuses()
    {
        var files = new FaultyFiles(1) { Fault = static o => o.Kind == FileOperationKind.Sync ? new IOException("no") : null };
        var log = DurableLog.Open(files, new LogOptions { WakesTogether = true });
        var waiting = Enumerable.Range(0, 20).Select(_ => AppendAsync(log, 1)).ToArray();
        foreach (var one in waiting) await Should.ThrowAsync<LogWriteException>(one.WaitAsync(Deadline));
        files.Fault = null;
        log.TruncateFront(0); // tries again
        await log.DisposeAsync();
    }

    private static async Task AppendAsync(DurableLog log, int count)
    {
        for (var i = 0; i < count; i++) await log.AppendDurableAsync(new byte[100]);
    }
}
