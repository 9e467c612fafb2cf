using Kip.Log;
using Kip.Log.Files;
using Kip.Testing.Log;
using Shouldly;

namespace Kip.Tests.Log;

public class DurableFileTests
{
    private const string Name = "snapshot";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void What_was_written_is_read(int size)
    {
        var files = new FaultyFiles(1);
        DurableFile.OpenRead(files, Name).ShouldBeNull();
        DurableFile.Replace(files, Name, s => s.Write(Written.Payload(1, size)));
        Read(files).ShouldBe(Written.Payload(1, size));
        files.List().ShouldBe([Name]);
    }

    [Fact]
    public void Whichever_step_fails_and_whenever_the_power_goes_there_is_the_old_one_or_the_new_one()
    {
        byte[] old = Written.Payload(1, 100_000), fresh = Written.Payload(2, 150_000);
        for (var failAt = 1; failAt < 40; failAt++)
        {
            var files = new FaultyFiles(failAt);
            DurableFile.Replace(files, Name, s => s.Write(old));
            var start = files.Operations;
            files.Fault = o => o.Number == start + failAt ? new IOException("no luck") : null;
            var failed = Record.Exception(() => DurableFile.Replace(files, Name, s => s.Write(fresh)));
            for (var i = 0; i < 5; i++)
            {
                var after = Read(files.AfterPowerCut());
                if (failed is null)
                {
                    after.ShouldBe(fresh, $"operation {failAt}");
                }
                else
                {
                    failed.ShouldBeOfType<LogWriteException>();
                    (after.SequenceEqual(old) || after.SequenceEqual(fresh)).ShouldBeTrue($"operation {failAt}");
                }
            }

            files.Fault = null;
            DurableFile.Replace(files, Name, s => s.Write(fresh));
            Read(files.AfterPowerCut()).ShouldBe(fresh);
        }
    }

    [Fact]
    public void A_writer_that_gives_up_leaves_the_old_one()
    {
        var files = new FaultyFiles(1);
        DurableFile.Replace(files, Name, s => s.Write([1]));
        Should.Throw<InvalidOperationException>(() => DurableFile.Replace(files, Name, s =>
        {
            s.Write([2]);
            throw new InvalidOperationException();
        }));
        Read(files).ShouldBe([1]);
    }

    [Fact]
    public void A_full_disk_keeps_the_old_one_and_its_own_space()
    {
        var files = new FaultyFiles(1);
        DurableFile.Replace(files, Name, s => s.Write(new byte[1000]));
        files.Capacity = 5000;
        Should.Throw<LogFullException>(() => DurableFile.Replace(files, Name, s => s.Write(new byte[100_000])));
        files.List().ShouldBe([Name]);
        Read(files).ShouldBe(new byte[1000]);
    }

    [Fact]
    public void Any_flipped_bit_and_any_cut_is_found()
    {
        var files = new FaultyFiles(1);
        DurableFile.Replace(files, Name, s => s.Write(Written.Payload(1, 100)));
        var content = files.Content(Name).ToArray();
        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            var copy = files.Copy();
            copy.Flip(Name, bit / 8, (byte)(1 << (bit % 8)));
            Should.Throw<FileDamagedException>(() => Read(copy), $"bit {bit}");
        }

        for (var length = 0; length < content.Length; length++)
        {
            var copy = new FaultyFiles(1);
            copy.Put(Name, content[..length]);
            Should.Throw<FileDamagedException>(() => Read(copy), $"cut at {length}");
        }
    }

    [Fact]
    public void On_a_real_disk_the_file_is_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("kip-file-").FullName;
        try
        {
            var files = new DirectoryFiles(Path.Combine(folder, "made", "on", "the", "way"));
            DurableFile.Replace(files, Name, s => s.Write([1]));
            DurableFile.Replace(files, Name, s => s.Write(Written.Payload(2, 100_000)));
            Read(files).ShouldBe(Written.Payload(2, 100_000));
            files.List().ShouldBe([Name]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Read(ILogFiles files)
    {
        using var stream = DurableFile.OpenRead(files, Name)!;
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
