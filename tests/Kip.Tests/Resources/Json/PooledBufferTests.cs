using Kip.Resources;
using Shouldly;

namespace Kip.Tests.Resources.Json;

public class PooledBufferTests
{
    [Fact]
    public void It_grows_and_keeps_what_was_written()
    {
        using var buffer = new PooledBuffer();
        var expected = Enumerable.Range(0, 100_000).Select(static i => (byte)i).ToArray();
        for (var at = 0; at < expected.Length;)
        {
            var size = Math.Min(expected.Length - at, (at % 997) + 1);
            var into = buffer.GetSpan(size);
            into.Length.ShouldBeGreaterThanOrEqualTo(size);
            expected.AsSpan(at, size).CopyTo(into);
            buffer.Advance(size);
            at += size;
        }
        buffer.Written.ToArray().ShouldBe(expected);
        buffer.Clear();
        buffer.Written.IsEmpty.ShouldBeTrue();
        buffer.GetMemory().IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void More_cannot_be_written_than_there_is_room_for()
    {
        using var buffer = new PooledBuffer();
        Should.Throw<ArgumentOutOfRangeException>(() => buffer.Advance(1));
        var room = buffer.GetMemory().Length;
        Should.Throw<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }
}
