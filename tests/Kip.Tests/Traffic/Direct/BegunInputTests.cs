using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Kip.Traffic.Direct;
using Shouldly;

namespace Kip.Tests.Traffic.Direct;

/// <summary>An input whose beginning was read before is one input for who reads it.</summary>
public sealed class BegunInputTests
{
    private readonly Pipe _rest = new(new(minimumSegmentSize: 16));

    private BegunInput Input => field ??= new(Encoding.ASCII.GetBytes("abcdef"), _rest.Reader);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_beginning_is_there_before_anything_comes()
    {
        var read = await Input.ReadAsync(Cancel);
        Text(read).ShouldBe("abcdef");
        Input.AdvanceTo(read.Buffer.GetPosition(2), read.Buffer.GetPosition(3));

        Input.TryRead(out var again).ShouldBeTrue();
        Text(again).ShouldBe("cdef");
        Input.AdvanceTo(again.Buffer.Start, again.Buffer.End);

        Input.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_has_looked_at_all_of_it_waits_for_more_and_sees_both()
    {
        var read = await Input.ReadAsync(Cancel);
        Input.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.End);
        var reading = Input.ReadAsync(Cancel);
        reading.IsCompleted.ShouldBeFalse();
        await WriteAsync(new string('x', 40));

        var both = await reading;
        Text(both).ShouldBe("bcdef" + new string('x', 40));
        both.Buffer.IsSingleSegment.ShouldBeFalse();
        Input.AdvanceTo(both.Buffer.GetPosition(2), both.Buffer.End);
        await WriteAsync("y");

        both = await Input.ReadAsync(Cancel);
        Text(both).ShouldBe("def" + new string('x', 40) + "y");
        Input.AdvanceTo(both.Buffer.GetPosition(5));

        both = await Input.ReadAsync(Cancel);
        Text(both).ShouldBe(new string('x', 38) + "y");
        Input.AdvanceTo(both.Buffer.End);
    }

    [Fact]
    public async Task A_look_that_did_not_reach_the_end_is_repeated_at_once()
    {
        var read = await Input.ReadAsync(Cancel);
        Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        await WriteAsync("gh");
        var both = await Input.ReadAsync(Cancel);
        Input.AdvanceTo(both.Buffer.Start, both.Buffer.GetPosition(7));

        // As far as is known without asking again: a second look asks.
        var again = await Input.ReadAsync(Cancel);
        Input.AdvanceTo(again.Buffer.Start, again.Buffer.End);
        Text(await Input.ReadAsync(Cancel)).ShouldBe("abcdefgh");
    }

    [Fact]
    public async Task The_end_comes_after_both()
    {
        await WriteAsync("gh");
        await _rest.Writer.CompleteAsync();
        var all = new StringBuilder();
        ReadResult read;
        do
        {
            read = await Input.ReadAsync(Cancel);
            all.Append(Text(read));
            Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);

        all.ToString().ShouldBe("abcdefgh");
    }

    [Fact]
    public async Task A_wait_for_more_is_cancelled()
    {
        var read = await Input.ReadAsync(Cancel);
        Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var reading = Input.ReadAsync(Cancel);
        Input.CancelPendingRead();

        var cancelled = await reading;
        cancelled.IsCanceled.ShouldBeTrue();
        Text(cancelled).ShouldBe("abcdef");
        Input.AdvanceTo(cancelled.Buffer.Start);
        await Input.CompleteAsync();
    }

    private static string Text(ReadResult read) => Encoding.ASCII.GetString(read.Buffer.ToArray());

    private async Task WriteAsync(string text) => await _rest.Writer.WriteAsync(Encoding.ASCII.GetBytes(text), Cancel);
}
