using System.CommandLine;

namespace Kip.Host.CommandLine;

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    public static Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        Description = "The kubeconfig to use (default: $KUBECONFIG, else the one in the data folder, else ~/.kube/config)",
        HelpName = "FILE",
        Recursive = true,
    };

    public static Option<string?> Namespace { get; } = new("--namespace", "-n")
    {
        Description = "The namespace (default: the kubeconfig's, else default)",
        HelpName = "NS",
        Recursive = true,
    };

    /// <summary>A number that an option is given, refused below its least.</summary>
    /// <exception cref="CommandFailure">It is less.</exception>
    public static int AtLeast(int least, int given, string option) => given >= least ? given
        : throw new CommandFailure($"{option} is a number of {least} or more, not {given}", KipCommandLine.UsageError);

    /// <summary><c>-o</c> of the verbs that print data.</summary>
    public static Option<string?> Output(params string[] formats)
    {
        var option = new Option<string?>("--output", "-o") { Description = $"How to print: {string.Join(", ", formats)}", HelpName = "FORMAT" };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }
}
