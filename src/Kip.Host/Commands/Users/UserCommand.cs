using Kip.Host.CommandLine;

namespace Kip.Host.Commands.Users;

/// <summary><c>kip user</c>: people who may use this platform, each with a kubeconfig and a role.</summary>
internal static class UserCommand
{
    public static Verb Make() => new Verb(
        "user", "Let other people use this platform: each has a kubeconfig of his own and may do what his role allows.",
        "kip user add ann --role edit -n shop", "kip user list", "kip user remove ann")
        .With(AddUserCommand.Make()).With(ListUsersCommand.Make()).With(RemoveUserCommand.Make());
}
