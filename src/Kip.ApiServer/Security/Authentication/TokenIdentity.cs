using Kip.Resources;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Authentication;

/// <summary>Whose a token is, and for which of those who asked it is meant.</summary>
internal sealed record TokenIdentity(UserInfo User, ValueList<string> Audiences);
