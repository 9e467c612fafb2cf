using System.CommandLine;
using Kip.Client.Kubeconfigs;
using Kip.Host.CommandLine;
using Kip.Rules.Access;

namespace Kip.Host.Commands.Users;

/// <summary><c>kip user add</c>: a credential, a role and a kubeconfig.</summary>
internal static class AddUserCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The user's name: lower-case letters, digits, '-' and '.'" };

    private static readonly Option<string> Role = new("--role")
    {
        Description = "What the user may do: view, edit, admin, cluster-admin, or another ClusterRole, or a Role of the namespace", HelpName = "ROLE",
        Required = true,
    };

    private static readonly Option<bool> Everywhere = new("--all-namespaces", "-A")
    {
        Description = "In every namespace, not only in the one that is meant (cluster-admin is meant so without -n)",
    };

    private static readonly Option<bool> Token = new("--token") { Description = "Give the user a token (the default)" };
    private static readonly Option<bool> Certificate = new("--certificate")
    {
        Description = "Give the user a client certificate, for a year unless --expires says less",
    };

    private static readonly Option<string?> Expires = new("--expires")
    {
        Description = "When the credential ends: after 90m, 12h or 30d (default: a token does not end by itself)", HelpName = "DURATION",
    };

    private static readonly Option<string?> File = new("--output", "-o")
    {
        Description = "The kubeconfig to write; a file that is there gets one more context (default: NAME.kubeconfig)", HelpName = "FILE",
    };

    public static Verb Make() => new Verb(
        "add", "Add a user and write a kubeconfig with which he comes in.",
        "kip user add ann --role view",
        "kip user add ann --role edit -n shop --expires 30d",
        "kip user add ops --role cluster-admin --certificate -o ops.kubeconfig")
        .With(Name).With(Role).With(Everywhere).With(Token).With(Certificate).With(Expires).With(File)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var name = parsed.GetRequiredValue(Name);
        if (UserRecord.NameError(name) is { } wrong) throw new CommandFailure($"the user name \"{name}\" {wrong}");
        if (parsed.GetValue(Token) && parsed.GetValue(Certificate))
            throw new CommandFailure("a user has a token or a certificate: say --token or --certificate, not both");
        var lifetime = parsed.GetValue(Expires) is { } text ? Lifetime.Parse(text) : (TimeSpan?)null;
        using var connection = Connection.Open(parsed);
        var role = parsed.GetRequiredValue(Role);
        var everywhere = parsed.GetValue(Everywhere) || (role == "cluster-admin" && parsed.GetValue(GlobalOptions.Namespace) is null);
        var enrolment = new Enrolment(connection, name, role, everywhere ? null : connection.Namespace, TimeProvider.System);
        var context = parsed.GetValue(Certificate)
            ? await enrolment.WithCertificateAsync(lifetime, cancel)
            : await enrolment.WithTokenAsync(lifetime, cancel);
        var file = parsed.GetValue(File) ?? $"{name}.kubeconfig";
        KubeconfigMerge.Write(file, context);
        Console.Out.WriteLine($"""
            User {name} may do what {role} allows {(everywhere ? "in every namespace" : $"in the namespace {connection.Namespace}")}.
            The kubeconfig {file} is the credential{(enrolment.Ends is { } end ? $" until {end:yyyy-MM-dd HH:mm} UTC" : "")}: hand it over by a safe way.
            To try it:       kubectl --kubeconfig {file} auth whoami
            To take it back: kip user remove {name}
            """);
    }
}
