using System.CommandLine;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Rbac;
using Kip.Rules.Access;

namespace Kip.Host.Commands.Users;

/// <summary><c>kip user remove</c>: the credential counts no more from the next request on.</summary>
internal static class RemoveUserCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The user's name" };

    public static Verb Make() =>
        new Verb("remove", "Remove a user: his token or certificate counts no more, at once.", "kip user remove ann").With(Name).Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var name = parsed.GetRequiredValue(Name);
        using var connection = Connection.Open(parsed);
        var resources = connection.Resources;
        var record = new NamespacedName(UserRecord.Namespace, UserRecord.ObjectName(name));
        if (await resources.GetAsync<Secret>(record, cancel) is null) throw new CommandFailure($"there is no user \"{name}\"; see them with: kip user list");
        // The credential first: whatever goes wrong after that, nobody comes in with it any more.
        await resources.DeleteAsync(Secret.Definition, record, DeleteOptions.Default, cancel);
        var labelled = new ListOptions { LabelSelector = $"{UserRecord.Label}={name}" };
        foreach (var kind in (KindDefinition[])[RoleBinding.Definition, ClusterRoleBinding.Definition])
            foreach (var binding in (await resources.ListAsync(kind, labelled, cancel)).Items)
                await resources.DeleteAsync(kind, binding.Key, DeleteOptions.Default, cancel);
        Console.Out.WriteLine($"User {name} is removed.");
    }
}
