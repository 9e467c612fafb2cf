using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Authorization;

/// <summary>Says whether a user may do something, by the roles and bindings that are stored at this moment.</summary>
/// <remarks>
/// The stored tables are immutable, so as long as they are the same objects, what was made of them holds: a request costs four comparisons and
/// a look-up, and a role that was just written counts for the next request.
/// </remarks>
public sealed class Authorizer
{
    private readonly Store _store;
    private Known? _known;

    internal Authorizer(Store store) => _store = store;

    /// <summary>Whether the user may do what is asked. The group <c>system:masters</c> may do everything.</summary>
    public AccessDecision Decide(UserInfo user, in AccessRequest asked) => user.IsMaster ? new(true, "") : Book.Decide(user, asked);

    /// <summary>All roles and bindings as they are now.</summary>
    public RoleBook Book
    {
        get
        {
            var tables = new Tables(
                TableOf(Role.Definition), TableOf(ClusterRole.Definition), TableOf(RoleBinding.Definition), TableOf(ClusterRoleBinding.Definition));
            if (_known is { } known && known.Tables.Same(tables)) return known.Book;
            var book = tables.Read();
            _known = new Known(tables, book);
            return book;
        }
    }

    private KindTable TableOf(KindDefinition kind) => _store.Read(kind).Table;

    private sealed record Known(Tables Tables, RoleBook Book);

    private readonly record struct Tables(KindTable Roles, KindTable ClusterRoles, KindTable Bindings, KindTable ClusterBindings)
    {
        public bool Same(in Tables other) =>
            ReferenceEquals(Roles, other.Roles) && ReferenceEquals(ClusterRoles, other.ClusterRoles)
            && ReferenceEquals(Bindings, other.Bindings) && ReferenceEquals(ClusterBindings, other.ClusterBindings);

        public RoleBook Read() => new(
            Roles.In(null).Cast<Role>(), ClusterRoles.In(null).Cast<ClusterRole>(),
            Bindings.In(null).Cast<RoleBinding>(), ClusterBindings.In(null).Cast<ClusterRoleBinding>());
    }
}
