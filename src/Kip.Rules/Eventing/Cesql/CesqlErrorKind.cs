namespace Kip.Rules.Eventing.Cesql;

/// <summary>The kinds of CESQL's errors (CESQL 1.0, section 3.3).</summary>
public enum CesqlErrorKind
{
    /// <summary>The text is not an expression.</summary>
    Parse,

    /// <summary>A division by zero, or a result that an Integer cannot hold.</summary>
    Math,

    /// <summary>A value that cannot be made one of the type that is needed.</summary>
    Cast,

    /// <summary>An attribute that the event does not have.</summary>
    MissingAttribute,

    /// <summary>A function that does not exist with this many arguments.</summary>
    MissingFunction,

    /// <summary>A function that cannot do what its arguments ask.</summary>
    FunctionEvaluation,

    /// <summary>Anything else.</summary>
    Generic,
}
