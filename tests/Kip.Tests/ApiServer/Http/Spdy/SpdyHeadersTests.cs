using Kip.ApiServer.Http.Spdy;
using Shouldly;

namespace Kip.Tests.ApiServer.Http.Spdy;

public class SpdyHeadersTests
{
    // What zlib makes of {streamtype: error} and then {streamtype: stdout, x: y}, with SPDY's dictionary and a sync flush behind each.
    private const string First = "78f9e3c6a7c202a62346703a2b294a4dcc851625aca9a08006000000ffff";
    private const string Second = "02651c0c2960624ec90797d18c1520a212000000ffff";

    [Fact]
    public void Blocks_of_one_compressed_stream_are_read_one_after_the_other()
    {
        using var headers = new SpdyHeaders();

        headers.Read(Convert.FromHexString(First))["streamtype"].ShouldBe("error");
        var second = headers.Read(Convert.FromHexString(Second));
        (second["streamtype"], second["x"]).ShouldBe(("stdout", "y"));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        using var writer = new SpdyHeaders();
        using var reader = new SpdyHeaders();

        foreach (var value in (string[])["one", "two", new string('x', 5000)]) reader.Read(writer.Write(("a", value)))["A"].ShouldBe(value);
        reader.Read(writer.Write()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("00")]
    [InlineData("ffff0000")]
    [InlineData("78bb00000000")]
    [InlineData("7801000400fbffffffffff")]
    [InlineData("78010008 00f7ff 00000001 00ffffff")]
    public void What_is_no_block_is_refused(string hex)
    {
        using var headers = new SpdyHeaders();

        Should.Throw<InvalidDataException>(() => headers.Read(Convert.FromHexString(hex.Replace(" ", ""))));
    }

    [Fact]
    public void A_block_that_unfolds_without_end_is_refused()
    {
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(new byte[4 * 1024 * 1024]);
        using var headers = new SpdyHeaders();

        Should.Throw<InvalidDataException>(() => headers.Read(packed.ToArray()));
    }
}
