using Kip.Testing.Golden;
using Shouldly;

namespace Kip.Tests.Testing;

public sealed class GoldensTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-goldens-").FullName;

    [Fact]
    public void What_was_written_is_accepted_and_a_change_is_shown_at_its_line()
    {
        new Goldens(_folder, write: true).Check("case", "out.txt", "one\ntwo\nthree");
        var goldens = new Goldens(_folder);

        goldens.Check("case", "out.txt", "one\r\ntwo\r\nthree");
        var difference = Should.Throw<GoldenDiffersException>(() => goldens.Check("case", "out.txt", "one\n2\nthree"));

        difference.Message.ShouldContain("differs at line 2");
        difference.Message.ShouldContain("- two");
        difference.Message.ShouldContain("+ 2");
        goldens.Cases.ShouldBe(["case"]);
        goldens.Read("case", "out.txt").ShouldBe("one\ntwo\nthree");
    }

    [Fact]
    public void A_missing_golden_fails_and_says_how_to_write_it() =>
        Should.Throw<GoldenDiffersException>(() => new Goldens(_folder).Check("new", "out.txt", "text"))
            .Message.ShouldContain("KIP_GOLDENS=write");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
