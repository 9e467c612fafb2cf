using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel;

/// <summary>A value that expressions are given under a name.</summary>
internal sealed record CelVariable(string Name, CelType Type);
