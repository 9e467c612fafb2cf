using Kip.Host.Observability;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Kip.Tests.Observability;

/// <summary>The file of the request log.</summary>
public sealed class LineFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-requests").FullName;

    private string File => Path.Combine(_folder, "requests.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lines_are_written_in_order_for_their_owner_alone_and_behind_what_is_there()
    {
        foreach (var part in new[] { 0, 1 })
        {
            await using var log = new LineFile(File, TimeProvider.System, NullLoggerFactory.Instance);
            for (var i = 0; i < 500; i++) log.Write($"line {part * 500 + i}");
        }

        System.IO.File.ReadAllLines(File).ShouldBe(Enumerable.Range(0, 1000).Select(static i => $"line {i}"));
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_file_that_has_grown_is_put_aside()
    {
        using (var grown = System.IO.File.OpenWrite(File)) grown.SetLength(LineFile.MaxBytes + 1);
        await using (var log = new LineFile(File, TimeProvider.System, NullLoggerFactory.Instance)) log.Write("new");

        System.IO.File.ReadAllLines(File).ShouldBe(["new"]);
        new FileInfo(File + ".1").Length.ShouldBe(LineFile.MaxBytes + 1);
    }
}
