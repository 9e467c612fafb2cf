using Kip.Host.Commands.Why;
using Kip.Rules.Serving.Why;
using Shouldly;

namespace Kip.Tests.Host;

public class WhyPrintTests
{
    [Theory]
    [InlineData("greeter has pods because it has a request under way", "greeter has pods because it has a request under way.")]
    [InlineData("nothing makes greeter answer 503 now", "Nothing makes greeter answer 503 now.")]
    [InlineData("greeters are not this service", "Greeters are not this service.")]
    public void A_sentence_begins_with_a_capital_unless_it_begins_with_the_services_name(string verdict, string printed)
    {
        var output = new StringWriter();

        WhyCommand.Print(output, new Diagnosis(verdict, false, []), "greeter");

        output.ToString().Trim().ShouldBe(printed);
    }
}
