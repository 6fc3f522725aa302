namespace LedgerCredit.Node.Access;

/// <summary>How far a member of a record goes. Each class includes those before it.</summary>
public enum DataClass
{
    /// <summary>Nothing at all: no member has it, and who gets no more sees no record.</summary>
    None = 0,

    /// <summary>Anybody may see it, while the record is published.</summary>
    Open = 1,

    /// <summary>Those may see it of whom it is known who they are, while the record is published.</summary>
    Registered = 2,

    /// <summary>Those may see it whom the subject lets.</summary>
    Authorised = 3,

    /// <summary>Only who made the record, whom it is about and who audits may see it.</summary>
    Confidential = 4,
}
