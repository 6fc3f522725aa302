using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LedgerCredit.Node.Import;

/// <summary>What a name in a sanction list tells about whether it is a person's.</summary>
internal enum PersonSign
{
    /// <summary>An organisation, as far as the name tells.</summary>
    None = 0,

    /// <summary>Nothing speaks for an organisation, and the name is built like a person's.</summary>
    Possible,

    /// <summary>The name has a title that only persons have.</summary>
    Certain,
}

/// <summary>Tells persons from organisations in lists that mix them without saying which is which.</summary>
/// <remarks>
/// The order of the rules (docs/import.md): a title that nobody but a person has; a word that organisations have in their
/// names, or something else that speaks for one; other titles; a name of two to eight words without digits or signs.
/// It errs on the side of the person: a firm that is taken for one is in the reject file, a person that is taken for a firm
/// would be published.
/// </remarks>
internal static partial class NaturalPersonSigns
{
    private const int MinNameWords = 2;
    private const int MaxNameWords = 8;

    // Titles that stand before a person's name even where an organisation is named behind it ("Mr. X, owner of Y LLC").
    private static readonly FrozenSet<string> SureTitles = Words("MR MRS MISS MME");

    // Titles, or beginnings of names that are written like one, that organisations are named after too ("Dr. X Laboratories").
    private static readonly FrozenSet<string> Titles = Words("MS DR PROF ENG ENGR ING MD SR SRA SRTA");

    // Legal forms, trades and what else is in the name of an organisation and not of a person; without accents.
    private static readonly FrozenSet<string> OrganisationWords = Words(
        """
        ADVISORS AEROSPACE AGENCIA AGENCIES AGENCY AGRICOLA AGRO AIRLINES ALLIANCE AND ANONIM ARCHITECTS ASA ASESORES
        ASOCIACION ASOCIADOS ASSOCIACAO ASSOCIADOS ASSOCIATES ASSOCIATION AUTHORITY AUTO AUTORITE AVIATION BANCO BANK
        BANQUE BHD BRANCH BROS BROTHER BROTHERS BUILDERS BUILDING BUREAU BUSINESS CABINET CAPITAL CARE CENTER CENTRAL
        CENTRE CENTRO CHEMICALS CIA CJSC CLINIC CO COLLEGE COMERCIAL COMERCIALIZADORA COMERCIO COMERCIOS COMMERCE
        COMMERCIAL COMMITTEE COMMUNICATION COMMUNICATIONS COMMUNITY COMPAGNIE COMPANHIA COMPANIA COMPANIES COMPANY
        COMPUTER COMPUTERS CONCERN CONSORCIO CONSORTIUM CONSTRUCAO CONSTRUCCION CONSTRUCCIONES CONSTRUCOES
        CONSTRUCTION CONSTRUCTIONS CONSTRUCTORA CONSTRUCTORS CONSTRUTORA CONSTRUYA CONSULT CONSULTANCY CONSULTANT
        CONSULTANTS CONSULTING CONSULTORA CONSULTORES CONSULTORIA CONTRACTING CONTRACTOR CONTRACTORS COOPERATION
        COOPERATIVA COOPERATIVE CORP CORPORACION CORPORATION COUNCIL DEPARTMENT DESIGN DEVELOPMENT DISTRIBUCIONES
        DISTRIBUIDORA DISTRIBUTION DISTRIBUTORS DIZAYN DOO EDIFICACIONES EIRELI ELECTRIC ELECTRICAL ELECTRONICS
        EMPREENDIMENTOS EMPRESA ENERGETICAS ENERGIA ENERGY ENERJI ENGENHARIA ENGINEERING ENGINEERS ENTERPRISE
        ENTERPRISES ENTREPRISE ENTREPRISES EOOD EPP EQUIPAMENTOS EQUIPMENT EQUIPMENTS ESTABLISHMENT ET ETABLISSEMENT
        ETABLISSEMENTS ETS EURL EXPORT EXPORTS FACTORY FARM FARMS FEDERATION FINANCE FIRM FONDATION FOODS FOUNDATION
        FUND FUNDACION GAS GENERAL GESELLSCHAFT GIDA GLOBAL GMBH GOVERNMENT GROUP GROUPE GRUPO HEALTH HEALTHCARE
        HOLDING HOLDINGS HOSPITAL HOTEL HOUSE IMPEX IMPORT INC INCORPORATED INDUSTRIA INDUSTRIAL INDUSTRIAS INDUSTRIE
        INDUSTRIES INDUSTRY INGENIERIA INGENIERIE INGENIEROS INITIATIVE INSAAT INSTITUTE INSTITUTO INTERNACIONAL
        INTERNATIONAL INTREPRINDEREA INVEST INVESTMENT INVESTMENTS JSC KFT LAB LABORATORIES LABORATORIOS LABORATORY
        LIMITADA LIMITED LINK LINKS LLC LLP LOGISTICA LOGISTICS LTD LTDA MACHINERY MANAGEMENT MANUFACTURER
        MANUFACTURERS MANUFACTURING MARINE MARITIME MARKETING MATERIALS MBH MCHJ MEDIA MEDICA MEDICAL METAL MILLS
        MINING MINISTRY MMC MOTORS MOVEMENT NETWORK NGO OAO OFFICE OIL OJSC OOD OOO ORGANISATION ORGANIZATION OUTLET
        PARTNERS PARTNERSHIP PHARMA PHARMACEUTICAL PHARMACEUTICALS PHARMACY PJSC PLAN PLANT PLASTIC PLC POWER PRESS
        PRINTERS PRINTING PRODUCTS PROGRAM PROJECT PROJECTS PROJETOS PROVEEDURIA PROVIDERS PROYECTOS PT PTE PTY
        PUBLISHERS PUBLISHING PVT REFRIGERATION RESEARCH RESOURCES SAC SANAYI SANGHA SANGSTHA SARL SAS SCHOOL SDN
        SECURITY SERVICE SERVICES SERVICIOS SERVICOS SERVIS SERVIZ SHPK SIRKETI SISTEMAS SLU SNC SOCIEDAD SOCIEDADE
        SOCIETE SOCIETY SOFTWARE SOFTWARES SOLUCIONES SOLUTION SOLUTIONS SONS SPA SPF SPRL SRL SRO STI STIFTELSEN STORE
        STORES STUDIO SUPPLIER SUPPLIERS SUPPLIES SUPPLY SYNDICATE SYSTEM SYSTEMS TECHNICAL TECHNOLOGIES TECHNOLOGY
        TECNOLOGIA TEKSIL TELECOM TEXTILE TEXTILES TICARET TIENDAS TOOLS TOURISM TRADE TRADERS TRADING TRANSPORT
        TRANSPORTES TRANSPORTS TRAVAUX TRAVEL TRUST TURIZM UK UNION UNIVERSAL UNIVERSITY USA VENTURE VENTURES WATER
        WORKS WORKSHOP ZAO
        """);

    // Letter by letter, because the framework's normalization does nothing without the platform's culture data.
    private const string Accented = "ÀÁÂÃÄÅÇĆČÈÉÊËĞĜÌÍÎÏİÑŃÒÓÔÕÖØŚŞŠÙÚÛÜÝŹŻŽ";
    private const string Unaccented = "AAAAAACCCEEEEGGIIIIINNOOOOOOSSSUUUUYZZZ";

    private static readonly FrozenSet<string> ShortLegalForms = Words("AB AD AG AS BV CV JV KB KG LP NV OU OY PK SA SL");

    /// <summary>Judges a name.</summary>
    /// <param name="name">The name as the list has it.</param>
    /// <param name="addition">What the list adds to the name: other names, register numbers; may be empty.</param>
    public static PersonSign Judge(string name, string addition)
    {
        string[] words = SplitWords(name);
        string[] additionWords = SplitWords(addition);
        bool isFirm = name.StartsWith("M/S", StringComparison.OrdinalIgnoreCase);

        // "Ms." is the title; "MS Gul Construction Co." is M/S, Messrs.
        bool hasSureTitle = words.Length > 0 && (SureTitles.Contains(words[0]) || name.StartsWith("Ms.", StringComparison.OrdinalIgnoreCase));
        if (!isFirm && hasSureTitle)
        {
            return PersonSign.Certain;
        }

        if (isFirm || HasOrganisationWord(words) || EndsWithLegalForm(words) || HasOrganisationWord(additionWords) || HasRegisterNumber(addition))
        {
            return PersonSign.None;
        }

        if (words.Any(Titles.Contains) || additionWords.Any(word => SureTitles.Contains(word) || word == "MS"))
        {
            return PersonSign.Certain;
        }

        return IsBuiltLikePersonName(name) ? PersonSign.Possible : PersonSign.None;
    }

    private static bool HasOrganisationWord(string[] words) => words.Any(OrganisationWords.Contains);

    // Two letters are a legal form at the end of a name (X A.S.); elsewhere they are initials (A.B. Karim) or small words.
    private static bool EndsWithLegalForm(string[] words) => words.Length > 1 && ShortLegalForms.Contains(words[^1]);

    private static bool HasRegisterNumber(string addition) =>
        addition.Contains("Reg. No", StringComparison.OrdinalIgnoreCase)
        || addition.Contains("TIN No", StringComparison.OrdinalIgnoreCase)
        || addition.Contains("CNPJ", StringComparison.OrdinalIgnoreCase);

    // Letters in two to eight words, with the signs that names have: . ' - and quotation marks round a nickname.
    private static bool IsBuiltLikePersonName(string name)
    {
        string plain = InBrackets().Replace(name, " ");
        string[] words = plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length is >= MinNameWords and <= MaxNameWords
            && plain.All(c => char.IsLetter(c) || char.IsWhiteSpace(c) || ".,'’`-\"“”".Contains(c, StringComparison.Ordinal)
                || char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark);
    }

    // Upper case, without accents; single letters with points (S.A., G.I.P.) are one word, but Dr.Hans is two.
    private static string[] SplitWords(string text)
    {
        StringBuilder plain = new(text.Length);
        int letters = 0;
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                char upper = char.ToUpperInvariant(c);
                int accented = Accented.IndexOf(upper, StringComparison.Ordinal);
                plain.Append(accented < 0 ? upper : Unaccented[accented]);
                letters++;
            }
            else if (char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c is not ('\'' or '’'))
            {
                if (c != '.' || letters != 1)
                {
                    plain.Append(' ');
                }

                letters = 0;
            }
        }

        return plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    // Without brackets inside, so that a text of nothing but opening ones takes linear time.
    [GeneratedRegex(@"\([^()]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex InBrackets();

    private static FrozenSet<string> Words(string list) =>
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
