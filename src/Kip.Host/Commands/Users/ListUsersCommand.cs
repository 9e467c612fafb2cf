using System.CommandLine;
using System.Globalization;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Rbac;
using Kip.Rules.Access;

namespace Kip.Host.Commands.Users;

/// <summary><c>kip user list</c>: who was added, what he may do where, and for how long.</summary>
internal static class ListUsersCommand
{
    private static readonly ListOptions Labelled = new() { LabelSelector = UserRecord.Label };

    public static Verb Make() => new Verb("list", "List the users that were added.", "kip user list").Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var secrets = await connection.Resources.ListAsync<Secret>(Labelled with { Namespace = UserRecord.Namespace }, cancel);
        var bindings = await connection.Resources.ListAsync<RoleBinding>(Labelled, cancel);
        var everywhere = await connection.Resources.ListAsync<ClusterRoleBinding>(Labelled, cancel);
        UserRecord[] users = [.. secrets.Select(UserRecord.Of).OfType<UserRecord>()];
        if (users.Length == 0)
        {
            Console.Out.WriteLine("No users were added. Add one with: kip user add NAME --role ROLE");
            return;
        }
        var table = new TextTable("NAME", "ROLE", "NAMESPACE", "CREDENTIAL", "EXPIRES");
        foreach (var user in users)
        {
            var own = bindings.FirstOrDefault(binding => IsOf(binding, user));
            var role = own?.RoleRef ?? everywhere.FirstOrDefault(binding => IsOf(binding, user))?.RoleRef;
            table.Row(user.Name, role?.Name ?? "<none>", own?.Metadata.Namespace ?? "*", user.Sort,
                user.Expires?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never");
        }
        table.Print(Console.Out);
    }

    private static bool IsOf(Resource binding, UserRecord user) => binding.Metadata.Labels.Get(UserRecord.Label) == user.Name;
}
