using Kip.Host.CommandLine;
using Shouldly;

namespace Kip.Tests.Host;

public class OneLineTests
{
    [Theory]
    [InlineData("as it is ", "as it is ")]
    [InlineData("Container failed with: no database\n", "Container failed with: no database")]
    [InlineData("failed with message: begun\nno database\n.", "failed with message: begun no database")]
    [InlineData("begun\nstep 1\r\n\n  step 2\nno database\n", "begun … no database")]
    [InlineData("\n\n", "")]
    public void Of_many_lines_the_first_and_the_last_are_shown(string text, string shown) => OneLine.Of(text).ShouldBe(shown);

    [Fact]
    public void A_cell_of_a_table_is_one_line()
    {
        var output = new StringWriter();
        var table = new TextTable("NAME", "MESSAGE", "AGE");
        table.Row("hello", "begun\nno database", "5s");

        table.Print(output);

        output.ToString().ShouldBe("NAME    MESSAGE             AGE\nhello   begun no database   5s\n");
    }
}
